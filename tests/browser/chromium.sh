#!/usr/bin/env bash
# Gets Debian's Chromium for the tests of the pages where that can be done; else says that they skip.
set -uo pipefail

command -v chromium > /dev/null && exit 0
skip() {
  echo "No Chromium ($1): the tests of the pages will be skipped (Debian: apt-get install chromium)."
  exit 0
}
[ "$(id -u)" = 0 ] || skip "only root can install it"
command -v apt-get > /dev/null || skip "there is no apt-get"

echo "Installing Chromium for the tests of the pages (once) …"
export DEBIAN_FRONTEND=noninteractive
get() { apt-get install --yes -qq --no-install-recommends chromium fonts-liberation > /dev/null 2>&1; }
get || { apt-get update -qq > /dev/null 2>&1 && get; } || skip "apt-get could not install it"
