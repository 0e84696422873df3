/** Rows "when, what, how much" as the points of a chart; pure. */

import type { Point, Series } from "@/charts/figure";

/** Points in order of time; each day of the rows has a value for each series, 0 where there was nothing. */
export function pointsOf<T>(
  rows: readonly T[],
  at: (row: T) => number | string,
  id: (row: T) => string,
  value: (row: T) => number,
  series: readonly Series[],
): Point[] {
  const places = new Map<number | string, Record<string, number>>();
  for (const row of rows) {
    const place = places.get(at(row)) ?? Object.fromEntries(series.map((one) => [one.id, 0]));
    place[id(row)] = (place[id(row)] ?? 0) + value(row);
    places.set(at(row), place);
  }
  return [...places.entries()]
    .map(([when, values]) => ({ at: when, values }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The series of rows, the largest first, "" (all others) last. */
export function seriesOf<T>(
  rows: readonly T[],
  id: (row: T) => string,
  value: (row: T) => number,
  name: (id: string) => string,
): Series[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(id(row), (sums.get(id(row)) ?? 0) + value(row));
  return [...sums.entries()]
    .sort(([a, x], [b, y]) => Number(a === "") - Number(b === "") || y - x)
    .map(([one]) => ({ id: one, name: one === "" ? "Others" : name(one) }));
}
