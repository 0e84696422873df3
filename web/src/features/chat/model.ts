/** A conversation: turns in a tree, in each turn a reply of every model; pure and storable as JSON. */

export interface Attachment {
  name: string;
  /** "image/png", "application/pdf", "text/plain" … */
  type: string;
  /** A data URL. */
  data: string;
}

export interface Call {
  id: string;
  name: string;
  arguments: string;
  /** What the reader answered in the tool's place; null until then. */
  result: string | null;
}

/** What a model says until it stops or wants the results of its calls. */
export interface Round {
  text: string;
  reasoning: string;
  calls: Call[];
}

export interface Figures {
  prompt_tok: number;
  completion_tok: number;
  reasoning_tok: number;
  cached_tok: number;
  /** USD. */
  cost: number;
  ttft_ms: number | null;
  duration_ms: number;
}

export type ReplyState = "streaming" | "done" | "stopped" | "failed";

export interface Reply {
  id: string;
  model: string;
  state: ReplyState;
  error: string | null;
  provider: string | null;
  generation: string | null;
  rounds: Round[];
  figures: Figures | null;
}

export interface Turn {
  id: string;
  parent: string | null;
  text: string;
  attachments: Attachment[];
  /** By model, the oldest first: retries pile up. */
  replies: Record<string, Reply[]>;
  /** By model, which of its replies is read on. */
  shown: Record<string, number>;
}

export interface Sampling {
  system: string;
  temperature: number | null;
  top_p: number | null;
  max_tokens: number | null;
  effort: "" | "none" | "low" | "medium" | "high";
  mode: "" | "nitro" | "exacto" | "floor";
  web: boolean;
  /** JSON of the tools, as the API takes it; "" for none. */
  tools: string;
}

export interface Conversation {
  id: string;
  title: string;
  created: number;
  changed: number;
  models: string[];
  sampling: Sampling;
  turns: Record<string, Turn>;
  /** Of siblings, the one that is read: by parent, "" for the first turns. */
  active: Record<string, string>;
}

export const PLAIN: Sampling = {
  system: "",
  temperature: null,
  top_p: null,
  max_tokens: null,
  effort: "",
  mode: "",
  web: false,
  tools: "",
};

export function newConversation(models: string[], id: string, now: number): Conversation {
  return {
    id,
    title: "New chat",
    created: now,
    changed: now,
    models,
    sampling: PLAIN,
    turns: {},
    active: {},
  };
}

/** The turns that are read, oldest first. */
export function path(conversation: Conversation): Turn[] {
  const turns: Turn[] = [];
  let next = conversation.active[""];
  while (next !== undefined) {
    const turn: Turn | undefined = conversation.turns[next];
    if (!turn) break;
    turns.push(turn);
    next = conversation.active[turn.id];
  }
  return turns;
}

export function siblings(conversation: Conversation, turn: Turn): Turn[] {
  return Object.values(conversation.turns).filter((one) => one.parent === turn.parent);
}

/** With a turn added after `parent` and read from now on. */
export function withTurn(conversation: Conversation, turn: Turn, now: number): Conversation {
  const title = Object.keys(conversation.turns).length ? conversation.title : titled(turn.text);
  return {
    ...conversation,
    title,
    changed: now,
    turns: { ...conversation.turns, [turn.id]: turn },
    active: { ...conversation.active, [turn.parent ?? ""]: turn.id },
  };
}

function titled(text: string): string {
  const line = text.trim().split("\n")[0] ?? "";
  return line.length > 60 ? `${line.slice(0, 57)}…` : line || "New chat";
}

/** With another reply of a model in a turn, shown. */
export function withReply(conversation: Conversation, turnId: string, reply: Reply): Conversation {
  return changedTurn(conversation, turnId, (turn) => {
    const replies = [...(turn.replies[reply.model] ?? []), reply];
    return {
      ...turn,
      replies: { ...turn.replies, [reply.model]: replies },
      shown: { ...turn.shown, [reply.model]: replies.length - 1 },
    };
  });
}

export function changedReply(
  conversation: Conversation,
  turnId: string,
  replyId: string,
  change: (reply: Reply) => Reply,
): Conversation {
  return changedTurn(conversation, turnId, (turn) => ({
    ...turn,
    replies: Object.fromEntries(
      Object.entries(turn.replies).map(([model, all]) => [
        model,
        all.map((one) => (one.id === replyId ? change(one) : one)),
      ]),
    ),
  }));
}

export function changedTurn(
  conversation: Conversation,
  id: string,
  change: (turn: Turn) => Turn,
): Conversation {
  const turn = conversation.turns[id];
  return turn
    ? { ...conversation, turns: { ...conversation.turns, [id]: change(turn) } }
    : conversation;
}

export function shownReply(turn: Turn, model: string): Reply | undefined {
  const all = turn.replies[model] ?? [];
  return all[turn.shown[model] ?? all.length - 1];
}

/** A copy that ends with this turn: a branch in a chat of its own. */
export function branched(
  conversation: Conversation,
  turnId: string,
  id: string,
  now: number,
): Conversation {
  const turns = path(conversation);
  const kept = turns.slice(0, turns.findIndex((turn) => turn.id === turnId) + 1);
  return {
    ...conversation,
    id,
    title: `${conversation.title} (branch)`,
    created: now,
    changed: now,
    turns: Object.fromEntries(kept.map((turn) => [turn.id, turn])),
    active: Object.fromEntries(kept.map((turn) => [turn.parent ?? "", turn.id])),
  };
}

/** What is wrong with an imported file, or null. */
export function problemOf(value: unknown): string | null {
  if (!Array.isArray(value)) return "The file holds no list of conversations.";
  const bad = value.findIndex((one) => {
    const has = one as Partial<Conversation> | null;
    return !(
      has &&
      typeof has.id === "string" &&
      Array.isArray(has.models) &&
      has.turns &&
      has.active &&
      has.sampling
    );
  });
  return bad < 0 ? null : `Entry ${bad + 1} of the file is no conversation.`;
}
