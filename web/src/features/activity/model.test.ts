import { expect, test } from "vitest";
import type { ActivityPage } from "@/api/types";
import { pointsBy, seriesBy } from "./model";

const PAGE: ActivityPage = {
  step: "hour",
  since: 0,
  until: 10_800,
  totals: { spend: "0.3", tokens: 30, requests: 3, failed: 0 },
  groups: Array.from({ length: 11 }, (_, n) => ({
    id: `m${n}`,
    name: `M${n}`,
    spend: "0.1",
    tokens: n,
    requests: 1,
  })),
  points: [
    { at: 3600, id: "m10", spend: "0.1", tokens: 10, requests: 1 },
    { at: 3600, id: "m0", spend: "0.1", tokens: 2, requests: 1 },
    { at: 3600, id: "m1", spend: "0.1", tokens: 3, requests: 1 },
  ],
};

test("the largest groups are series, the rest is one", () => {
  const series = seriesBy(PAGE, "tokens");
  expect(series).toHaveLength(10);
  expect(series[0]?.id).toBe("m10");
  expect(series.at(-1)).toEqual({ id: "#rest", name: "Others" });
});

test("an hour without requests is a point of zeros", () => {
  const points = pointsBy(PAGE, "tokens", seriesBy(PAGE, "tokens"));
  expect(points.map((point) => point.at)).toEqual([0, 3600, 7200]);
  expect(points[1]?.values).toMatchObject({ m10: 10, "#rest": 5 });
  expect(points[0]?.values.m10).toBe(0);
});
