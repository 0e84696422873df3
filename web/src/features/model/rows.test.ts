import { expect, test } from "vitest";
import type { Endpoint } from "@/api/types";
import { begun, factOf, fatesOf, firstOf, onFirst, providerRows, sortOf, sortText } from "./rows";
import type { Routed, Routing } from "./types";

const IDLE = { last_5m: null, last_30m: null, last_1d: null };
const POLICY = {
  training: null,
  retains_prompts: null,
  retention_days: null,
  zdr: null,
  url: null,
};

function endpoint(tag: string, on = true): Endpoint {
  return {
    tag,
    model: "a/b",
    model_name: "B",
    max_prompt_tokens: null,
    unpriced: null,
    supports_implicit_caching: false,
    moderated: false,
    service_tier: null,
    provider: tag,
    provider_name: tag.toUpperCase(),
    name: tag,
    on,
    off_reason: on ? null : "needs A_KEY",
    region: null,
    quantization: null,
    context_length: 1,
    max_completion_tokens: null,
    pricing: { prompt: null, completion: null },
    price_tiers: [],
    price_source: null,
    price_as_of: null,
    supported_parameters: [],
    data_policy: POLICY,
    status: "idle",
    latency_ms: null,
    ttft_ms: null,
    throughput_tps: null,
    measured_over: null,
    uptime: IDLE,
    uptime_days: [],
    share: null,
  };
}

function routed(tag: string, rank: number | null): Routed {
  return {
    tag,
    provider_name: tag,
    on: rank !== null,
    rank,
    share: null,
    reason: "",
    dropped: rank === null,
    price: null,
    effective: null,
    adjusted: null,
    ttft_ms: null,
    throughput_tps: null,
    uptime: null,
  };
}

const ORDER: Routing = {
  mode: "nitro",
  policy: "The fastest first.",
  endpoints: [routed("c", 1), routed("a", 2), routed("b", null), routed("d", null)],
};

test("rows stand in the mode's order, what is off comes last", () => {
  const rows = providerRows(
    [endpoint("a"), endpoint("b", false), endpoint("c"), endpoint("d")],
    ORDER,
  );
  expect(rows.map((row) => row.endpoint.tag)).toEqual(["c", "a", "d", "b"]);
  expect(rows[0]?.routed?.rank).toBe(1);
});

test("before the answer is there the rows keep their own order", () => {
  const rows = providerRows([endpoint("b", false), endpoint("a"), endpoint("c")], undefined);
  expect(rows.map((row) => row.endpoint.tag)).toEqual(["a", "c", "b"]);
  expect(rows.every((row) => row.routed === null)).toBe(true);
});

test("the first is the one of rank 1, none when all are dropped", () => {
  expect(firstOf(ORDER)?.tag).toBe("c");
  expect(firstOf({ ...ORDER, endpoints: [routed("b", null)] })).toBeNull();
});

test("a mode names what it goes by, where that is known", () => {
  const fast = { ...routed("a", 1), throughput_tps: 120, price: "0.00000026" };
  expect(factOf("nitro", fast)).toBe("120 tok/s");
  expect(factOf("nitro", routed("a", 2))).toBe("speed not measured yet");
  expect(factOf("floor", fast)).toBe("$0.26 per 1M, blended");
  expect(factOf("floor", routed("a", 2))).toBeNull();
  expect(factOf("balanced", fast)).toBeNull();
  expect(factOf("nitro", routed("a", null))).toBeNull();
});

test("a reason begins as a sentence does", () => {
  expect(begun("first in 94.3% of draws")).toBe("First in 94.3% of draws");
  expect(begun("")).toBe("");
});

test("endpoints that are on come first, in their own order", () => {
  const rows = onFirst([endpoint("a", false), endpoint("b"), endpoint("c")]);
  expect(rows.map((row) => row.tag)).toEqual(["b", "c", "a"]);
});

test("a sort survives the URL, and nonsense is the mode's order", () => {
  expect(sortOf(sortText({ id: "in", desc: true }))).toEqual({ id: "in", desc: true });
  expect(sortOf("in")).toBeNull();
  expect(sortOf("in.sideways")).toBeNull();
  expect(sortOf(undefined)).toBeNull();
});

test("a parameter's fates are grouped, and all alike needs no names", () => {
  const three = [endpoint("a"), endpoint("b"), endpoint("c")];
  expect(fatesOf({ a: "honoured", b: "honoured", c: "honoured" }, three)).toEqual([
    { fate: "honoured", names: null },
  ]);
  expect(fatesOf({ a: "dropped", b: "honoured", c: "dropped" }, three)).toEqual([
    { fate: "honoured", names: ["B"] },
    { fate: "dropped", names: ["A", "C"] },
  ]);
  expect(fatesOf({}, three)).toEqual([]);
});
