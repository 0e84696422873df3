import { expect, test } from "vitest";
import { added, EMPTY, throughput } from "./chunk";
import {
  branched,
  newConversation,
  path,
  problemOf,
  type Reply,
  shownReply,
  type Turn,
  withReply,
  withTurn,
} from "./model";
import { requestOf } from "./request";

const turn = (id: string, parent: string | null, text = id): Turn => ({
  id,
  parent,
  text,
  attachments: [],
  replies: {},
  shown: {},
});
const reply = (id: string, model: string, text: string): Reply => ({
  id,
  model,
  state: "done",
  error: null,
  provider: null,
  generation: null,
  rounds: [{ text, reasoning: "", calls: [] }],
  figures: null,
});

test("an edited turn is a branch beside the first, and is read", () => {
  let chat = newConversation(["m"], "c", 0);
  chat = withTurn(chat, turn("a", null), 1);
  chat = withTurn(chat, turn("b", "a"), 2);
  chat = withTurn(chat, turn("b2", "a"), 3);
  expect(path(chat).map((t) => t.id)).toEqual(["a", "b2"]);
  expect(chat.title).toBe("a");
  expect(path(branched(chat, "a", "d", 4)).map((t) => t.id)).toEqual(["a"]);
});

test("a retry is shown, and what came before it stays", () => {
  let chat = withTurn(newConversation(["m"], "c", 0), turn("a", null), 1);
  chat = withReply(withReply(chat, "a", reply("1", "m", "first")), "a", reply("2", "m", "second"));
  const [only] = path(chat);
  expect(only && shownReply(only, "m")?.id).toBe("2");
  expect(only?.replies.m).toHaveLength(2);
});

test("each model is sent its own replies", () => {
  let chat = withTurn(newConversation(["m", "n"], "c", 0), turn("a", null), 1);
  chat = withReply(withReply(chat, "a", reply("1", "m", "by m")), "a", reply("2", "n", "by n"));
  chat = withTurn(
    { ...chat, sampling: { ...chat.sampling, system: "Be brief.", temperature: 0, mode: "nitro" } },
    turn("b", "a"),
    2,
  );
  expect(requestOf(chat, "b", "n", null)).toEqual({
    model: "n:nitro",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "a" },
      { role: "assistant", content: "by n" },
      { role: "user", content: "b" },
    ],
    stream: true,
    usage: { include: true },
    temperature: 0,
  });
});

test("pieces of a call are put together by their index", () => {
  let got = { ...reply("1", "m", ""), rounds: [EMPTY] };
  got = added(
    got,
    {
      choices: [
        {
          delta: { tool_calls: [{ index: 0, id: "c1", function: { name: "now", arguments: "" } }] },
        },
      ],
    },
    { first: 1, now: 1 },
  );
  got = added(
    got,
    { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: "{}" } }] } }] },
    { first: 1, now: 2 },
  );
  expect(got.rounds[0]?.calls).toEqual([{ id: "c1", name: "now", arguments: "{}", result: null }]);
});

test("answered calls go back with their results", () => {
  const chat = withTurn(newConversation(["m"], "c", 0), turn("a", null), 1);
  const calling: Reply = {
    ...reply("1", "m", ""),
    rounds: [
      {
        text: "",
        reasoning: "",
        calls: [{ id: "c1", name: "now", arguments: "{}", result: "noon" }],
      },
    ],
  };
  expect((requestOf(chat, "a", "m", calling).messages as unknown[]).slice(1)).toEqual([
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "now", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c1", content: "noon" },
  ]);
});

test("figures of rounds add up", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, cost: 0.5 };
  const once = added(reply("1", "m", ""), { usage }, { first: 100, now: 500 });
  const twice = added(once, { usage }, { first: 50, now: 500 });
  expect(twice.figures).toMatchObject({
    prompt_tok: 20,
    completion_tok: 10,
    cost: 1,
    ttft_ms: 100,
    duration_ms: 1000,
  });
  expect(once.figures && throughput(once.figures)).toBe(10);
});

test("a file that is no export is told so", () => {
  expect(problemOf({})).toMatch(/no list/);
  expect(problemOf([{}])).toMatch(/Entry 1/);
  expect(problemOf([newConversation(["m"], "c", 0)])).toBeNull();
});
