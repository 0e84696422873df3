/** The request of a column: what the API is sent for a model, from the turns that are read. */

import {
  type Attachment,
  type Conversation,
  path,
  type Reply,
  type Sampling,
  shownReply,
  type Turn,
} from "./model";

export type Message = Record<string, unknown>;

export function requestOf(
  conversation: Conversation,
  turnId: string,
  model: string,
  unfinished: Reply | null,
): Message {
  const turns = path(conversation);
  const upTo = turns.slice(0, turns.findIndex((turn) => turn.id === turnId) + 1);
  const { sampling } = conversation;
  return {
    model: sampling.mode ? `${model}:${sampling.mode}` : model,
    messages: [
      ...systemOf(sampling),
      ...upTo.flatMap((turn) =>
        said(turn, model, turn.id === turnId ? unfinished : null, turn.id === turnId),
      ),
    ],
    stream: true,
    usage: { include: true },
    ...knobs(sampling),
  };
}

function systemOf(sampling: Sampling): Message[] {
  return sampling.system.trim() ? [{ role: "system", content: sampling.system }] : [];
}

function knobs(sampling: Sampling): Message {
  return {
    ...(sampling.temperature === null ? {} : { temperature: sampling.temperature }),
    ...(sampling.top_p === null ? {} : { top_p: sampling.top_p }),
    ...(sampling.max_tokens === null ? {} : { max_tokens: sampling.max_tokens }),
    ...(sampling.effort ? { reasoning: { effort: sampling.effort } } : {}),
    ...(sampling.web ? { plugins: [{ id: "web" }] } : {}),
    ...(sampling.tools.trim() ? { tools: JSON.parse(sampling.tools) } : {}),
  };
}

/** A turn as messages: in the last one only what was already said counts. */
function said(turn: Turn, model: string, unfinished: Reply | null, last: boolean): Message[] {
  const reply = last ? unfinished : shownReply(turn, model);
  return [{ role: "user", content: content(turn) }, ...(reply ? roundsOf(reply) : [])];
}

function roundsOf(reply: Reply): Message[] {
  return reply.rounds.flatMap(({ text, calls }) => {
    if (!text && !calls.length) return [];
    const answered = calls.filter((call) => call.result !== null);
    return [
      {
        role: "assistant",
        content: text || null,
        ...(answered.length
          ? {
              tool_calls: answered.map((call) => ({
                id: call.id,
                type: "function",
                function: { name: call.name, arguments: call.arguments },
              })),
            }
          : {}),
      },
      ...answered.map((call) => ({ role: "tool", tool_call_id: call.id, content: call.result })),
    ];
  });
}

function content(turn: Turn): unknown {
  return turn.attachments.length
    ? [{ type: "text", text: turn.text }, ...turn.attachments.map(part)]
    : turn.text;
}

function part(file: Attachment): Message {
  if (file.type.startsWith("image/")) return { type: "image_url", image_url: { url: file.data } };
  if (file.type.startsWith("audio/")) {
    const [, base64 = ""] = file.data.split(",");
    return {
      type: "input_audio",
      input_audio: { data: base64, format: file.type.includes("wav") ? "wav" : "mp3" },
    };
  }
  if (file.type.startsWith("text/") || file.type === "application/json") {
    return { type: "text", text: `File ${file.name}:\n\n${decoded(file.data)}` };
  }
  return { type: "file", file: { filename: file.name, file_data: file.data } };
}

function decoded(data: string): string {
  const [, base64 = ""] = data.split(",");
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
}
