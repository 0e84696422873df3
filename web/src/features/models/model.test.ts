import { expect, test } from "vitest";
import type { ModelRow } from "@/api/types";
import { chosen, conditions, filterOf, toggled } from "./model";

const row = (slug: string, more: Partial<ModelRow> = {}): ModelRow => ({
  slug,
  name: slug,
  author: slug.split("/")[0] ?? "",
  author_name: "",
  description: "",
  created: 0,
  knowledge_cutoff: null,
  context_length: 8000,
  max_completion_tokens: null,
  input_modalities: ["text"],
  output_modalities: ["text"],
  price_prompt: "0.000001",
  price_completion: "0.000002",
  supported_parameters: [],
  providers: [],
  endpoints: 1,
  on: 0,
  free: false,
  open_weights: false,
  tags: [],
  weekly_tokens: 0,
  throughput_tps: null,
  ttft_ms: null,
  latency_ms: null,
  hugging_face_id: null,
  ...more,
});

const MODELS = [
  row("a/cheap", { price_prompt: "0.0000001", free: false, input_modalities: ["text", "image"] }),
  row("b/dear", {
    price_prompt: "0.00001",
    context_length: 200_000,
    on: 1,
    supported_parameters: ["tools"],
  }),
  row("c/unknown", { price_prompt: null, throughput_tps: 90, open_weights: true }),
];
const slugs = (flat: Record<string, string>) => chosen(MODELS, filterOf(flat)).map((m) => m.slug);

test("conditions are joined by and", () => {
  expect(slugs({ input_modalities: "image" })).toEqual(["a/cheap"]);
  expect(slugs({ context: "100000", supported_parameters: "tools" })).toEqual(["b/dear"]);
  expect(slugs({ on: "1", weights: "open" })).toEqual([]);
});

test("authors are joined by or", () => {
  expect(slugs({ model_authors: "a,c", order: "name" })).toEqual(["a/cheap", "c/unknown"]);
});

test("a model without a price is over every price, and last in both orders", () => {
  expect(slugs({ max_price: "1" })).toEqual(["a/cheap"]);
  expect(slugs({ order: "pricing-low-to-high" })).toEqual(["a/cheap", "b/dear", "c/unknown"]);
  expect(slugs({ order: "pricing-high-to-low" })).toEqual(["b/dear", "a/cheap", "c/unknown"]);
});

test("conditions are counted without the search", () => {
  expect(conditions(filterOf({ q: "x", order: "name", providers: "p,q", pricing: "free" }))).toBe(
    3,
  );
});

test("an entry goes in and out of a list", () => {
  expect(toggled(["a"], "b")).toBe("a,b");
  expect(toggled(["a", "b"], "a")).toBe("b");
});
