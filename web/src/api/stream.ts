/** Server-sent events over fetch, abortable: the only way the site reads a stream. */

import { failure, headers } from "./client";

/** What the site calls itself in rankings, as any app does. */
const APP = { "http-referer": globalThis.location?.origin ?? "", "x-title": "Turnout chat" };

/** The `data:` of each event, parsed; ends at `[DONE]` or with the body. */
export async function* events<T>(
  url: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...headers(), ...APP, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!answer.ok || !answer.body) throw await failure(answer);
  for await (const data of lines(answer.body)) {
    if (data === "[DONE]") return;
    yield JSON.parse(data) as T;
  }
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split(/\r?\n/);
      rest = parts.pop() ?? "";
      for (const line of parts) if (line.startsWith("data:")) yield line.slice(5).trim();
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
