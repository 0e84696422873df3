/** What each tab asks for, so that pointing at a tab can ask before it is opened. */

import type { QueryClient } from "@tanstack/react-query";
import { pageQuery } from "@/api/queries";
import { MODES, type Mode, type TabId } from "./model";
import type { ModelApp, Performance, Pricing, Routing, Score, Uptime, UseDay } from "./types";

export const RANGES = ["1w", "1h", "1d", "30d"] as const;
export type Range = (typeof RANGES)[number];
export const APP_RANGES = ["30d", "1d", "1w"] as const;
export const USE_RANGES = ["30d", "90d"] as const;

const path = (slug: string, page: string) => `/models/${slug}/${page}`;

export const routingQuery = (slug: string, mode: Mode, tools: boolean) =>
  pageQuery<Routing>(path(slug, "routing"), tools ? { mode, tools } : { mode });
/** Where a request would go now is asked again while it is looked at. */
export const NOW_MS = 30_000;
export const performanceQuery = (slug: string, range: Range) =>
  pageQuery<Performance>(path(slug, "performance"), { range });
export const pricingQuery = (slug: string) =>
  pageQuery<Pricing>(path(slug, "pricing"), { range: "30d" });
export const benchmarksQuery = (slug: string) =>
  pageQuery<{ scores: Score[] }>(path(slug, "benchmarks"));
export const appsQuery = (slug: string, range: (typeof APP_RANGES)[number] = "30d") =>
  pageQuery<{ apps: ModelApp[] }>(path(slug, "apps"), { range });
export const activityQuery = (slug: string, range: (typeof USE_RANGES)[number] = "30d") =>
  pageQuery<{ days: UseDay[] }>(path(slug, "activity"), { range });
export const uptimeQuery = (slug: string) => pageQuery<Uptime>(path(slug, "uptime"));

/** Asks for what a tab opens with, unless it is there already. */
export function prefetchTab(client: QueryClient, slug: string, tab: TabId): void {
  if (tab === "providers")
    for (const mode of MODES) void client.prefetchQuery(routingQuery(slug, mode, false));
  if (tab === "performance") void client.prefetchQuery(performanceQuery(slug, "1w"));
  if (tab === "pricing") void client.prefetchQuery(pricingQuery(slug));
  if (tab === "benchmarks") void client.prefetchQuery(benchmarksQuery(slug));
  if (tab === "apps") void client.prefetchQuery(appsQuery(slug));
  if (tab === "activity") void client.prefetchQuery(activityQuery(slug));
  if (tab === "uptime") void client.prefetchQuery(uptimeQuery(slug));
}
