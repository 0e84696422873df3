import { expect, test } from "vitest";
import { pointsOf, seriesOf } from "./series";

const ROWS = [
  { day: "2026-01-02", slug: "a", tokens: 5 },
  { day: "2026-01-01", slug: "b", tokens: 20 },
  { day: "2026-01-02", slug: "", tokens: 99 },
];

test("the largest comes first, the others last", () => {
  expect(
    seriesOf(
      ROWS,
      (r) => r.slug,
      (r) => r.tokens,
      (id) => id.toUpperCase(),
    ),
  ).toEqual([
    { id: "b", name: "B" },
    { id: "a", name: "A" },
    { id: "", name: "Others" },
  ]);
});

test("days are in order and have a value for each series", () => {
  const series = [
    { id: "a", name: "A" },
    { id: "b", name: "B" },
  ];
  expect(
    pointsOf(
      ROWS.slice(0, 2),
      (r) => r.day,
      (r) => r.slug,
      (r) => r.tokens,
      series,
    ),
  ).toEqual([
    { at: "2026-01-01", values: { a: 0, b: 20 } },
    { at: "2026-01-02", values: { a: 5, b: 0 } },
  ]);
});
