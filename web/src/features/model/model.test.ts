import { expect, test } from "vitest";
import type { Endpoint } from "@/api/types";
import {
  headPrice,
  nameIn,
  otherPrices,
  paragraphs,
  pricePair,
  standingNote,
  tabOf,
  tierLines,
  variantsOf,
} from "./model";

test("the bare address is the overview, an unknown tab is none", () => {
  expect(tabOf(undefined)).toBe("overview");
  expect(tabOf("uptime")).toBe("uptime");
  expect(tabOf("secrets")).toBeNull();
});

test("a mode is a suffix of the slug, the default is none", () => {
  expect(nameIn("openai/gpt-4o-mini", "balanced")).toBe("openai/gpt-4o-mini");
  expect(nameIn("openai/gpt-4o-mini:free", "nitro")).toBe("openai/gpt-4o-mini:free:nitro");
});

test("the primary endpoint's price stands for the model, else the lowest known", () => {
  const lowest = { price_prompt: "1", price_completion: "2" };
  const primary = { pricing: { prompt: "3", completion: "4" } } as unknown as Endpoint;
  const unpriced = { pricing: { prompt: null, completion: null } } as unknown as Endpoint;
  expect(headPrice({ ...lowest, endpoints: [primary] })).toEqual({ prompt: "3", completion: "4" });
  expect(headPrice({ ...lowest, endpoints: [unpriced] })).toEqual({ prompt: "1", completion: "2" });
  expect(headPrice({ ...lowest, endpoints: [] })).toEqual({ prompt: "1", completion: "2" });
});

test("a pair of prices is one dash where neither is known", () => {
  expect(pricePair("0.00000015", "0.0000006")).toBe("$0.15 / $0.60");
  expect(pricePair(null, "0.0000006")).toBe("– / $0.60");
  expect(pricePair(null, null)).toBe("–");
});

test("variants start with the plain row, whichever of them is open", () => {
  const rows = [
    { slug: "a/b", name: "B" },
    { slug: "a/b:free", name: "B (free)" },
  ];
  const [plain, free] = rows as [(typeof rows)[0], (typeof rows)[0]];
  const found = [
    { value: "a/b", label: "Standard" },
    { value: "a/b:free", label: "free" },
  ];
  expect(variantsOf({ ...plain, variants: [free] })).toEqual(found);
  expect(variantsOf({ ...free, variants: [plain] })).toEqual(found);
  expect(variantsOf({ ...plain, variants: [] })).toEqual([]);
});

test("a description's links are taken apart, and only web addresses lead anywhere", () => {
  expect(paragraphs("One [two](https://example.com/x).\n\n\n[Three](javascript:alert)")).toEqual([
    [
      { text: "One ", href: null },
      { text: "two", href: "https://example.com/x" },
      { text: ".", href: null },
    ],
    [{ text: "Three", href: null }],
  ]);
});

test("standing is told from the nearer end", () => {
  expect(standingNote(0)).toBe("the lowest of all models");
  expect(standingNote(17)).toBe("lower than 83 % of models");
  expect(standingNote(64.4)).toBe("higher than 64 % of models");
});

test("other prices name their unit and leave out what costs nothing", () => {
  expect(
    otherPrices({
      prompt: "1",
      completion: "1",
      request: "0.005",
      input_cache_write: "0.0000003",
      image: "0",
    }),
  ).toEqual([
    { label: "Cache write", price: "$0.30" },
    { label: "Request", price: "$0.005 each" },
  ]);
});

test("a tier names the bound and both prices", () => {
  const tier = { above_tokens: 200_000, prompt: "0.0000025", completion: "0.000015" };
  expect(tierLines({ price_tiers: [tier] })).toEqual(["Over 200K: $2.50 / $15.00"]);
});
