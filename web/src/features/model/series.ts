/** Rows of the API turned into what charts draw, and the sentence that says what they show. */

import type { Percentiles } from "@/api/types";
import type { Point, Series } from "@/charts/figure";
import type { DayPrice, Performance, PerformancePoint, Tagged, UseDay } from "./types";

export const PERCENTILES = ["p50", "p75", "p90", "p99"] as const;
export type Percentile = (typeof PERCENTILES)[number];
export type Measure = "throughput_tps" | "ttft_ms" | "latency_ms";

/** Most lines that can be told apart. */
export const MOST = 9;

/** Names of the first few; providers of one name are told apart by their tag. */
export function seriesOf(providers: readonly Tagged[], most = MOST): Series[] {
  const named = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of providers) (named.has(name) ? twice : named).add(name);
  return providers
    .slice(0, most)
    .map(({ tag, name }) => ({ id: tag, name: twice.has(name) ? `${name} (${tag})` : name }));
}

/** One point a step, and one for each step without data, so that gaps stay as long as they were. */
export function pointsOf(
  data: Pick<Performance, "step_s" | "points">,
  value: (point: PerformancePoint) => number | null,
): Point[] {
  const steps = new Map<number, Record<string, number | null>>();
  for (const at of ticks(data)) steps.set(at, {});
  for (const point of data.points) {
    const values = steps.get(point.at) ?? {};
    values[point.tag] = value(point);
    steps.set(point.at, values);
  }
  return [...steps].sort(([a], [b]) => a - b).map(([at, values]) => ({ at, values }));
}

function ticks({ step_s, points }: Pick<Performance, "step_s" | "points">): number[] {
  const first = points[0]?.at;
  const last = points.at(-1)?.at;
  // Steps of differing widths are drawn as they came.
  if (first === undefined || last === undefined) return [];
  if (points.some((point) => (point.at - first) % step_s)) return [];
  const n = Math.min(1000, (last - first) / step_s + 1);
  return Array.from({ length: n }, (_, i) => first + i * step_s);
}

export function measured(measure: Measure, percentile: Percentile) {
  return (point: PerformancePoint): number | null =>
    (point[measure] as Percentiles | null)?.[percentile] ?? null;
}

/** A value of a series and how much it counts: its requests, its tokens. */
export interface Weighed {
  id: string;
  value: number | null;
  weight: number;
}

/** Weighted means of each series, best first; what was not measured is left out. */
export function ranked(
  series: readonly Series[],
  rows: readonly Weighed[],
  best: "high" | "low",
): { name: string; value: number }[] {
  const sign = best === "high" ? -1 : 1;
  return series
    .flatMap(({ id, name }) => {
      const own = rows.filter((row) => row.id === id && row.value !== null);
      const weight = own.reduce((sum, row) => sum + row.weight, 0);
      if (weight === 0) return [];
      const sum = own.reduce((all, row) => all + row.weight * (row.value ?? 0), 0);
      return [{ name, value: sum / weight }];
    })
    .sort((a, b) => sign * (a.value - b.value));
}

/** "Best: Groq, 310 tok/s on average. Last of 4: Azure, 60 tok/s." */
export function summaryOf(
  series: readonly Series[],
  rows: readonly Weighed[],
  best: "high" | "low",
  format: (value: number) => string,
): string {
  const order = ranked(series, rows, best);
  const [first, last] = [order[0], order.at(-1)];
  if (!first || !last) return "Nothing was measured in this time.";
  if (order.length > 1 && format(first.value) === format(last.value))
    return `${format(first.value)} on average at all ${order.length}.`;
  if (order.length === 1) return `${first.name}: ${format(first.value)} on average.`;
  return `Best: ${first.name}, ${format(first.value)} on average. Last of ${order.length}: ${last.name}, ${format(last.value)}.`;
}

/** Those of the most weight first: what a chart of few lines should show. */
export function busiest<T extends Tagged>(
  providers: readonly T[],
  rows: readonly { tag: string; weight: number }[],
): T[] {
  const weights = new Map<string, number>();
  for (const { tag, weight } of rows) weights.set(tag, (weights.get(tag) ?? 0) + weight);
  const of = (one: T) => weights.get(one.tag) ?? 0;
  return [...providers].filter((one) => of(one) > 0).sort((a, b) => of(b) - of(a));
}

/** Prices a day in USD a million tokens; the model's own line ("") comes first. */
export function priceSeries(providers: readonly Tagged[]): Series[] {
  return [{ id: "", name: "All providers" }, ...seriesOf(providers).slice(0, MOST - 1)];
}

export function dayPoints(
  days: readonly DayPrice[],
  value: (day: DayPrice) => number | null,
): Point[] {
  const points = new Map<string, Point>();
  for (const day of days) {
    const point = points.get(day.day) ?? { at: day.day, values: {} };
    point.values[day.tag] = value(day);
    points.set(day.day, point);
  }
  return [...points.values()].sort((a, b) => String(a.at).localeCompare(String(b.at)));
}

/** A day's tokens in four parts that add up: none is in two. */
export const TOKEN_PARTS: Series[] = [
  { id: "prompt", name: "Prompt" },
  { id: "cached", name: "Prompt, read from a cache" },
  { id: "completion", name: "Completion" },
  { id: "reasoning", name: "Reasoning" },
];

export function tokenPoints(days: readonly UseDay[]): Point[] {
  return days.map((day) => ({
    at: day.day,
    values: {
      prompt: Math.max(0, day.prompt - day.cached),
      cached: day.cached,
      completion: Math.max(0, day.completion - day.reasoning),
      reasoning: day.reasoning,
    },
  }));
}

/** The lowest tenth of a scale that still shows all of a percentage: 99.2 → 99, 80.1 → 80. */
export function floorOf(points: readonly Point[]): number {
  const known = points.flatMap((point) =>
    Object.values(point.values).filter((value) => value !== null),
  );
  const least = known.length ? Math.min(...known) : 100;
  return least >= 99 ? 99 : least >= 95 ? 95 : Math.max(0, Math.floor(least / 10) * 10);
}
