import { expect, test } from "vitest";
import {
  ago,
  compact,
  date,
  duration,
  money,
  month,
  percentOf,
  perMillion,
  shifted,
} from "./format";

test("a price a token reads as USD a million", () => {
  expect(perMillion("0.00000015")).toBe("$0.15");
  expect(perMillion("0.0000006")).toBe("$0.60");
  expect(perMillion("0")).toBe("$0");
  expect(perMillion("0.00015")).toBe("$150");
  expect(perMillion("0.000000000123")).toBe("$0.000123");
  expect(perMillion(null)).toBe("–");
});

test("the point of a decimal is moved without rounding", () => {
  expect(shifted("0.00000015", 6)).toBe("0.15");
  expect(shifted("12.5", 6)).toBe("12500000");
  expect(shifted("-0.000001", 6)).toBe("-1");
});

test("sums keep what counts", () => {
  expect(money("12.345678901")).toBe("$12.35");
  expect(money("0.0001234")).toBe("$0.000123");
  expect(money("0.5")).toBe("$0.50");
  expect(money(0)).toBe("$0");
});

test("tokens are short", () => {
  expect(compact(7_190_000_000)).toBe("7.19B");
  expect(compact(128_000)).toBe("128K");
  expect(compact(999_999)).toBe("1M");
  expect(compact(12)).toBe("12");
});

test("what is not quite 100 percent never reads so", () => {
  expect(percentOf(99.999)).toBe("99.99 %");
  expect(percentOf(100)).toBe("100 %");
});

test("times and dates", () => {
  expect(duration(85.4)).toBe("85 ms");
  expect(duration(1240)).toBe("1.24 s");
  expect(date(1721260800)).toBe("Jul 18, 2024");
  expect(month("2023-10-01")).toBe("Oct 2023");
  expect(ago(0, 7200)).toBe("2 h ago");
});
