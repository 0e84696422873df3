import { expect, test } from "vitest";
import {
  busiest,
  dayPoints,
  floorOf,
  measured,
  pointsOf,
  ranked,
  seriesOf,
  summaryOf,
  tokenPoints,
} from "./series";

const AT = {
  width_s: 60,
  uptime: null,
  requests: 1,
  latency_ms: null,
  throughput_tps: null,
  tool_error_rate: null,
  structured_error_rate: null,
  cache_hit_rate: null,
};
const at = (time: number, tag: string, p50: number) => ({
  ...AT,
  at: time,
  tag,
  ttft_ms: { p50, p75: p50, p90: p50, p99: 9 * p50 },
});
const TWO = seriesOf([
  { tag: "a", name: "Acme" },
  { tag: "b", name: "Bolt" },
]);

test("steps without data stay on the axis as gaps", () => {
  const points = pointsOf(
    { step_s: 60, points: [at(0, "a", 5), at(180, "a", 7)] },
    measured("ttft_ms", "p50"),
  );
  expect(points.map((p) => p.at)).toEqual([0, 60, 120, 180]);
  expect(points.map((p) => p.values.a)).toEqual([5, undefined, undefined, 7]);
});

test("steps of differing widths are drawn as they came", () => {
  const points = pointsOf(
    { step_s: 60, points: [at(0, "a", 5), at(90, "a", 6)] },
    measured("ttft_ms", "p99"),
  );
  expect(points).toEqual([
    { at: 0, values: { a: 45 } },
    { at: 90, values: { a: 54 } },
  ]);
});

test("providers of one name are told apart by their tag", () => {
  const series = seriesOf([
    { tag: "x/fp8", name: "X" },
    { tag: "x", name: "X" },
    { tag: "y", name: "Y" },
  ]);
  expect(series.map((one) => one.name)).toEqual(["X (x/fp8)", "X (x)", "Y"]);
});

const weighed = (id: string, value: number | null, weight = 1) => ({ id, value, weight });

test("the best is the lowest or the highest, and what was not measured is not ranked", () => {
  const rows = [weighed("a", 10), weighed("a", 20), weighed("b", 30), weighed("b", null)];
  expect(ranked(TWO, rows, "low").map((one) => one.name)).toEqual(["Acme", "Bolt"]);
  expect(ranked(TWO, rows, "high").map((one) => one.name)).toEqual(["Bolt", "Acme"]);
  expect(ranked(TWO, [weighed("a", 1), weighed("b", 2, 0)], "low")).toHaveLength(1);
});

test("a step of few requests counts for little", () => {
  const rows = [weighed("a", 0, 99), weighed("a", 1, 1)];
  expect(ranked(TWO, rows, "low")[0]?.value).toBeCloseTo(0.01);
});

test("the summary names the best and the last, or says that there is nothing", () => {
  const rows = [weighed("a", 10), weighed("b", 30)];
  expect(summaryOf(TWO, rows, "low", (n) => `${n} ms`)).toBe(
    "Best: Acme, 10 ms on average. Last of 2: Bolt, 30 ms.",
  );
  expect(summaryOf(TWO, [weighed("a", 0), weighed("b", 0)], "low", (n) => `${n} %`)).toBe(
    "0 % on average at all 2.",
  );
  expect(summaryOf(TWO, [], "low", String)).toBe("Nothing was measured in this time.");
});

test("the busiest providers come first, the idle ones not at all", () => {
  const all = [
    { tag: "a", name: "A" },
    { tag: "b", name: "B" },
    { tag: "c", name: "C" },
  ];
  const rows = [
    { tag: "a", weight: 1 },
    { tag: "b", weight: 2 },
    { tag: "b", weight: 2 },
  ];
  expect(busiest(all, rows).map((one) => one.tag)).toEqual(["b", "a"]);
});

test("a day's token parts add up to its prompt and completion", () => {
  const day = { day: "2026-01-01", requests: 1, cost: "0", tool_answers: 0 };
  const [point] = tokenPoints([{ ...day, prompt: 100, cached: 40, completion: 30, reasoning: 10 }]);
  expect(point?.values).toEqual({ prompt: 60, cached: 40, completion: 20, reasoning: 10 });
});

test("days are in order, each with a value for each endpoint", () => {
  const row = { completion: null, cache_hit_rate: null, tokens: 1 };
  const points = dayPoints(
    [
      { ...row, day: "2026-01-02", tag: "", prompt: "2" },
      { ...row, day: "2026-01-01", tag: "", prompt: "1" },
      { ...row, day: "2026-01-01", tag: "a", prompt: null },
    ],
    (day) => (day.prompt === null ? null : Number(day.prompt)),
  );
  expect(points).toEqual([
    { at: "2026-01-01", values: { "": 1, a: null } },
    { at: "2026-01-02", values: { "": 2 } },
  ]);
});

test("a percent axis starts below its least value", () => {
  expect(floorOf([{ at: 0, values: { a: 99.4 } }])).toBe(99);
  expect(floorOf([{ at: 0, values: { a: 96, b: null } }])).toBe(95);
  expect(floorOf([{ at: 0, values: { a: 42 } }])).toBe(40);
});
