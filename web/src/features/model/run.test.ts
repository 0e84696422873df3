import { expect, test } from "vitest";
import { ended, STARTED, taken } from "./run";

const said = (content: string) => ({ provider: "Acme", choices: [{ delta: { content } }] });

test("text adds up and the first words set the TTFT", () => {
  const empty = taken(STARTED, { choices: [{ delta: { content: "" } }] }, 5);
  expect(empty.ttft_ms).toBeNull();
  const run = taken(taken(empty, said("Hel"), 80), said("lo"), 120);
  expect(run).toMatchObject({ text: "Hello", provider: "Acme", ttft_ms: 80 });
});

test("thinking counts as the first content and is kept apart", () => {
  const run = taken(STARTED, { choices: [{ delta: { reasoning: "Hm" } }] }, 40);
  expect(run).toMatchObject({ text: "", reasoning: "Hm", ttft_ms: 40 });
});

test("usage comes last, without choices", () => {
  const usage = { prompt_tokens: 9, completion_tokens: 2, cost: 0.00001 };
  const run = ended(taken(taken(STARTED, said("Hi"), 10), { choices: [], usage }, 20), "done", 25);
  expect(run).toMatchObject({ state: "done", usage, total_ms: 25, text: "Hi" });
});

test("a failure within the stream stays one, with its words", () => {
  const run = taken(STARTED, { error: { message: "The provider broke off." } }, 10);
  expect(ended(run, "done", 20)).toMatchObject({
    state: "failed",
    error: "The provider broke off.",
    total_ms: 20,
  });
});

test("a stopped run keeps what it had", () => {
  const run = ended(taken(STARTED, said("Hi"), 10), "stopped", 30);
  expect(run).toMatchObject({ state: "stopped", text: "Hi", error: null });
});
