import { expect, test } from "vitest";
import { search } from "./search";

const row = (slug: string, name: string, description = "", weekly_tokens = 0) => ({
  slug,
  name,
  description,
  weekly_tokens,
  created: 0,
});
const MODELS = [
  row("openai/gpt-4o-mini", "OpenAI: GPT-4o-mini"),
  row("openai/gpt-4o", "OpenAI: GPT-4o", "", 9),
  row("acme/tiny", "Acme: Tiny", "Rivals gpt-4o."),
];

test("every word must be found, in any order", () => {
  expect(search(MODELS, "mini gpt").map((m) => m.slug)).toEqual(["openai/gpt-4o-mini"]);
});

test("names come before descriptions, the most used first", () => {
  expect(search(MODELS, "gpt-4o").map((m) => m.slug)).toEqual([
    "openai/gpt-4o",
    "openai/gpt-4o-mini",
    "acme/tiny",
  ]);
});

test("no words find all", () => {
  expect(search(MODELS, " ")).toHaveLength(3);
});
