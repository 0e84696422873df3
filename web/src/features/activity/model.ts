/** The points of Activity as charts; money is summed exactly. */

import type { ActivityPage } from "@/api/types";
import type { Point, Series } from "@/charts/figure";

export type Figure = "spend" | "tokens" | "requests";

const MOST = 9;

/** The groups with the most of a figure, the rest as "". */
export function seriesBy(page: ActivityPage, figure: Figure): Series[] {
  const order = [...page.groups].sort((a, b) => Number(b[figure]) - Number(a[figure]));
  const shown = order
    .slice(0, MOST)
    .map((group) => ({ id: group.id, name: group.name || "Nobody" }));
  return order.length > MOST ? [...shown, { id: "#rest", name: "Others" }] : shown;
}

const STEPS = { minute: 60, hour: 3600, day: 86_400 };

/** One point a step from `since` to `until`, so that silence is seen as silence. */
export function pointsBy(page: ActivityPage, figure: Figure, series: readonly Series[]): Point[] {
  const known = new Set(series.map((one) => one.id));
  const places = new Map(
    ticks(page).map((at) => [at, Object.fromEntries(series.map((one) => [one.id, 0]))]),
  );
  for (const point of page.points) {
    const place = places.get(point.at);
    const id = known.has(point.id) ? point.id : "#rest";
    if (place) place[id] = (place[id] ?? 0) + Number(point[figure]);
  }
  return [...places].map(([at, values]) => ({ at, values }));
}

function ticks({ step, since, until, points }: ActivityPage): number[] {
  if (step === "month") return [...new Set(points.map((point) => point.at))].sort((a, b) => a - b);
  const width = STEPS[step];
  const first = Math.floor(since / width) * width;
  return Array.from(
    { length: Math.max(0, Math.ceil((until - first) / width)) },
    (_, n) => first + n * width,
  );
}
