/** A sample that runs in the page: what has come of its stream so far. */

import { events } from "@/api/stream";

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  cost?: number | string | null;
}

export interface Run {
  state: "running" | "done" | "stopped" | "failed";
  text: string;
  reasoning: string;
  provider: string | null;
  usage: Usage | null;
  error: string | null;
  ttft_ms: number | null;
  total_ms: number | null;
}

/** What a chunk of /chat/completions may hold that is looked at here. */
export interface Chunk {
  provider?: string;
  choices?: { delta?: { content?: string | null; reasoning?: string | null } }[];
  usage?: Usage | null;
  error?: { message?: string };
}

export const STARTED: Run = {
  state: "running",
  text: "",
  reasoning: "",
  provider: null,
  usage: null,
  error: null,
  ttft_ms: null,
  total_ms: null,
};

/** The run with one chunk more, `ms` after its start. */
export function taken(run: Run, chunk: Chunk, ms: number): Run {
  if (chunk.error)
    return { ...run, state: "failed", error: chunk.error.message ?? "The stream broke off." };
  const delta = chunk.choices?.[0]?.delta;
  const text = delta?.content ?? "";
  const reasoning = delta?.reasoning ?? "";
  return {
    ...run,
    text: run.text + text,
    reasoning: run.reasoning + reasoning,
    provider: chunk.provider ?? run.provider,
    usage: chunk.usage ?? run.usage,
    ttft_ms: run.ttft_ms ?? (text || reasoning ? ms : null),
  };
}

/** The run at its end, however it came; what was said in the stream stands. */
export function ended(run: Run, how: Run["state"], ms: number, error: string | null = null): Run {
  if (run.state === "failed") return { ...run, total_ms: ms };
  return { ...run, state: how, error, total_ms: ms };
}

/** Sends the request and tells of every change. Ends with its stream, a failure, or the signal. */
export async function runSample(
  body: unknown,
  signal: AbortSignal,
  tell: (run: Run) => void,
): Promise<void> {
  const start = performance.now();
  const ms = () => performance.now() - start;
  let run = STARTED;
  tell(run);
  try {
    for await (const chunk of events<Chunk>("/api/v1/chat/completions", body, signal)) {
      run = taken(run, chunk, ms());
      tell(run);
    }
    run = ended(run, "done", ms());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    run = signal.aborted ? ended(run, "stopped", ms()) : ended(run, "failed", ms(), message);
  }
  tell(run);
}
