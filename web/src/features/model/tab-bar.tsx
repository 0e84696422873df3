/** The tabs as links: each has its own address; pointing at one asks for its data. */

import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback } from "react";
import { cx } from "@/ui/cx";
import { type Mode, partsOf, TABS, type TabId } from "./model";
import { prefetchTab } from "./queries";

/** Where a tab lives; the mode goes along, what belongs to one tab alone does not. */
export function tabLink(slug: string, tab: TabId, mode: Mode) {
  const params = partsOf(slug);
  const search = mode === "balanced" ? {} : { mode };
  return tab === "overview"
    ? { to: "/$author/$slug" as const, params, search, resetScroll: false }
    : {
        to: "/$author/$slug/$tab" as const,
        params: { ...params, tab },
        search,
        resetScroll: false,
      };
}

export function TabBar({ slug, tab, mode }: { slug: string; tab: TabId; mode: Mode }) {
  const client = useQueryClient();
  const shown = useCallback((link: HTMLAnchorElement | null) => {
    const bar = link?.closest("nav");
    if (link && bar) bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.clientWidth) / 2;
  }, []);
  return (
    <nav
      aria-label="About this model"
      className="sticky top-13 z-20 mt-6 mb-6 overflow-x-auto overflow-y-hidden border-b border-line bg-page max-sm:-mx-4 max-sm:px-4"
    >
      <ul className="flex gap-0.5">
        {TABS.map(({ id, label }) => (
          <li key={id}>
            <Link
              {...tabLink(slug, id, mode)}
              ref={id === tab ? shown : null}
              aria-current={id === tab ? "page" : undefined}
              onPointerEnter={() => prefetchTab(client, slug, id)}
              onFocus={() => prefetchTab(client, slug, id)}
              className={cx(
                "-mb-px block border-b-2 px-2.5 py-2.5 text-sm font-medium whitespace-nowrap -outline-offset-2",
                id === tab
                  ? "border-accent text-ink"
                  : "border-transparent text-ink-2 hover:text-ink",
              )}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
