import { expect, test } from "vitest";
import { compared, costOf, decimal, plus, times, whole, written } from "./money";

const LOAD = { prompt_tok: 1000, completion_tok: 200, cached_percent: 0, requests: 1_000_000 };
const MINI = {
  tag: "openai",
  pricing: { prompt: "0.00000015", completion: "0.0000006", input_cache_read: "0.000000075" },
  price_tiers: [],
};

const month = (...args: Parameters<typeof costOf>) => {
  const cost = costOf(...args);
  return cost && written(cost.month);
};

test("decimals are read and written without loss", () => {
  for (const text of ["0.00000015", "12.5", "-0.000001", "0", "100"])
    expect(written(decimal(text))).toBe(text);
  expect(written(decimal("1.5e-7"))).toBe("0.00000015");
  expect(written(decimal("2e3"))).toBe("2000");
  expect(() => decimal("a")).toThrow("not a decimal");
  expect(() => decimal(".")).toThrow("not a decimal");
});

test("a tenth and two tenths are three tenths", () => {
  expect(written(plus(decimal("0.1"), decimal("0.2")))).toBe("0.3");
});

test("a price times any count keeps every digit", () => {
  expect(written(times(decimal("0.000000000123"), 9_007_199_254_740_991n))).toBe(
    "1107885.508333141893",
  );
});

test("decimals of different scales compare by value", () => {
  expect(compared(decimal("0.5"), decimal("0.50"))).toBe(0);
  expect(compared(decimal("0.45"), decimal("0.5"))).toBe(-1);
  expect(compared(decimal("10"), decimal("9.99"))).toBe(1);
});

test("a month is the sum of its tokens at list price", () => {
  // 1000 * 0.15 + 200 * 0.60 millionths = $0.00027 a request
  expect(month(MINI, LOAD)).toBe("270");
});

test("cached prompt tokens cost the cache rate, rounded down to whole tokens", () => {
  expect(month(MINI, { ...LOAD, cached_percent: 50 })).toBe("232.5");
  expect(month(MINI, { ...LOAD, prompt_tok: 3, completion_tok: 0, cached_percent: 50 })).toBe(
    "0.375",
  );
});

test("without a cache rate cached tokens cost as much as any, and that is said", () => {
  const plain = { ...MINI, pricing: { prompt: "0.00000015", completion: "0.0000006" } };
  const cost = costOf(plain, { ...LOAD, cached_percent: 50 });
  expect(cost?.cache_unpriced).toBe(true);
  expect(cost && written(cost.month)).toBe("270");
});

test("a long prompt costs its tier's rates, a prompt at the bound does not", () => {
  const tiered = {
    ...MINI,
    price_tiers: [
      { above_tokens: 500, prompt: "0.0000003", completion: "0.0000012" },
      { above_tokens: 900, prompt: "0.0000006", completion: "0.0000024" },
    ],
  };
  expect(costOf(tiered, LOAD)?.tier).toBe(900);
  expect(month(tiered, LOAD)).toBe("1080");
  expect(costOf(tiered, { ...LOAD, prompt_tok: 500 })?.tier).toBeNull();
});

test("a fee a request counts, an unstated price makes no sum", () => {
  const fee = { ...MINI, pricing: { ...MINI.pricing, request: "0.005" } };
  expect(month(fee, { ...LOAD, requests: 2 })).toBe("0.01054");
  expect(costOf({ ...MINI, pricing: { prompt: null, completion: null } }, LOAD)).toBeNull();
});

test("a field that holds no whole number falls back, a huge one is cut", () => {
  expect(whole("250", 1, 1000)).toBe(250);
  expect(whole("2.5", 1, 1000)).toBe(1);
  expect(whole(undefined, 7, 1000)).toBe(7);
  expect(whole("5000", 1, 1000)).toBe(1000);
});
