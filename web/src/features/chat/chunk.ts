/** What a streamed chunk adds to a reply; pure. */

import type { Call, Figures, Reply, Round } from "./model";

export interface Chunk {
  id?: string;
  provider?: string;
  error?: { message?: string };
  choices?: {
    delta?: {
      content?: string | null;
      reasoning?: string | null;
      tool_calls?: {
        index: number;
        id?: string;
        function?: { name?: string; arguments?: string };
      }[];
    };
    finish_reason?: string | null;
  }[];
  usage?: {
    prompt_tokens?: number;
    completion_tokens?: number;
    cost?: number | null;
    completion_tokens_details?: { reasoning_tokens?: number | null } | null;
    prompt_tokens_details?: { cached_tokens?: number | null } | null;
  } | null;
}

/** Milliseconds since the request was sent. */
export interface Times {
  first: number | null;
  now: number;
}

export function added(reply: Reply, chunk: Chunk, times: Times): Reply {
  const delta = chunk.choices?.[0]?.delta;
  const rounds = delta
    ? [...reply.rounds.slice(0, -1), extended(reply.rounds.at(-1) ?? EMPTY, delta)]
    : reply.rounds;
  return {
    ...reply,
    rounds,
    generation: chunk.id ?? reply.generation,
    provider: chunk.provider ?? reply.provider,
    error: chunk.error?.message ?? reply.error,
    figures: chunk.usage ? figured(reply.figures, chunk.usage, times) : reply.figures,
  };
}

export const EMPTY: Round = { text: "", reasoning: "", calls: [] };

type Delta = NonNullable<NonNullable<Chunk["choices"]>[number]["delta"]>;

function extended(round: Round, delta: Delta): Round {
  return {
    text: round.text + (delta.content ?? ""),
    reasoning: round.reasoning + (delta.reasoning ?? ""),
    calls: (delta.tool_calls ?? []).reduce(calling, round.calls),
  };
}

function calling(calls: Call[], piece: NonNullable<Delta["tool_calls"]>[number]): Call[] {
  const before = calls[piece.index] ?? { id: "", name: "", arguments: "", result: null };
  const next = [...calls];
  next[piece.index] = {
    ...before,
    id: piece.id ?? before.id,
    name: piece.function?.name ?? before.name,
    arguments: before.arguments + (piece.function?.arguments ?? ""),
  };
  return next;
}

/** Rounds of one reply are billed one by one: their figures add up, the first TTFT stays. */
function figured(
  before: Figures | null,
  usage: NonNullable<Chunk["usage"]>,
  times: Times,
): Figures {
  return {
    prompt_tok: (before?.prompt_tok ?? 0) + (usage.prompt_tokens ?? 0),
    completion_tok: (before?.completion_tok ?? 0) + (usage.completion_tokens ?? 0),
    reasoning_tok:
      (before?.reasoning_tok ?? 0) + (usage.completion_tokens_details?.reasoning_tokens ?? 0),
    cached_tok: (before?.cached_tok ?? 0) + (usage.prompt_tokens_details?.cached_tokens ?? 0),
    cost: (before?.cost ?? 0) + (usage.cost ?? 0),
    ttft_ms: before?.ttft_ms ?? times.first,
    duration_ms: (before?.duration_ms ?? 0) + times.now,
  };
}

/** Tokens a second after the first; null where it cannot be told. */
export function throughput({ completion_tok, duration_ms, ttft_ms }: Figures): number | null {
  const span = duration_ms - (ttft_ms ?? 0);
  return completion_tok > 1 && span > 0 ? ((completion_tok - 1) * 1000) / span : null;
}
