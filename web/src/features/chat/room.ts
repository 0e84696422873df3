/** The room of one conversation: runs its streams, tells its readers, keeps it in the browser. */

import { ApiError } from "@/api/client";
import { events } from "@/api/stream";
import { added, type Chunk, EMPTY } from "./chunk";
import {
  type Attachment,
  type Call,
  type Conversation,
  changedReply,
  changedTurn,
  path,
  type Reply,
  type Turn,
  withReply,
  withTurn,
} from "./model";
import { requestOf } from "./request";

const CHAT = "/api/v1/chat/completions";

export class Room {
  private readonly listeners = new Set<() => void>();
  private readonly running = new Map<string, AbortController>();
  private frame = 0;

  constructor(
    private conversation: Conversation,
    private readonly keep: (conversation: Conversation) => void,
  ) {}

  readonly current = (): Conversation => this.conversation;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get busy(): boolean {
    return this.running.size > 0;
  }

  /** Changes what is kept: models, sampling, title, which sibling is read. */
  change(next: Partial<Conversation>): void {
    this.set({ ...this.conversation, ...next, changed: Date.now() });
    this.keep(this.conversation);
  }

  /** A new turn after the last one, asked of every model. */
  ask(text: string, attachments: Attachment[]): void {
    this.turn(text, attachments, path(this.conversation).at(-1)?.id ?? null);
  }

  /** The same turn in other words: a branch beside it. */
  edit(turn: Turn, text: string): void {
    this.turn(text, turn.attachments, turn.parent);
  }

  retry(turn: Turn, model: string): void {
    this.start(turn.id, model);
  }

  show(turn: Turn, model: string, index: number): void {
    this.set(
      changedTurn(this.conversation, turn.id, (one) => ({
        ...one,
        shown: { ...one.shown, [model]: index },
      })),
    );
    this.keep(this.conversation);
  }

  /** Results of the last round's calls, given by the reader; the reply goes on. */
  answer(turn: Turn, reply: Reply, results: string[]): void {
    const calls = (all: Call[]) =>
      all.map((call, index) => ({ ...call, result: results[index] ?? "" }));
    const done = (one: Reply): Reply => ({
      ...one,
      state: "streaming",
      rounds: [
        ...one.rounds.slice(0, -1),
        { ...(one.rounds.at(-1) ?? EMPTY), calls: calls(one.rounds.at(-1)?.calls ?? []) },
      ],
    });
    this.set(changedReply(this.conversation, turn.id, reply.id, done));
    const answered = done(reply);
    this.patch(turn.id, reply.id, (one) => ({ ...one, rounds: [...one.rounds, EMPTY] }));
    void this.run(turn.id, reply.id, reply.model, answered);
  }

  stop(): void {
    for (const control of this.running.values()) control.abort();
  }

  private turn(text: string, attachments: Attachment[], parent: string | null): void {
    const turn: Turn = {
      id: crypto.randomUUID(),
      parent,
      text,
      attachments,
      replies: {},
      shown: {},
    };
    this.set(withTurn(this.conversation, turn, Date.now()));
    for (const model of this.conversation.models) this.start(turn.id, model);
  }

  private start(turnId: string, model: string): void {
    const reply: Reply = {
      id: crypto.randomUUID(),
      model,
      state: "streaming",
      error: null,
      provider: null,
      generation: null,
      rounds: [EMPTY],
      figures: null,
    };
    this.set(withReply(this.conversation, turnId, reply));
    void this.run(turnId, reply.id, model, null);
  }

  private async run(
    turnId: string,
    replyId: string,
    model: string,
    before: Reply | null,
  ): Promise<void> {
    const control = new AbortController();
    this.running.set(replyId, control);
    const began = performance.now();
    let first: number | null = null;
    try {
      const body = requestOf(this.conversation, turnId, model, before);
      for await (const chunk of events<Chunk>(CHAT, body, control.signal)) {
        const now = performance.now() - began;
        if (first === null && speaks(chunk)) first = now;
        this.patch(turnId, replyId, (reply) => added(reply, chunk, { first, now }));
      }
      this.end(turnId, replyId, (reply) => ({ ...reply, state: reply.error ? "failed" : "done" }));
    } catch (error) {
      const stopped = control.signal.aborted;
      this.end(turnId, replyId, (reply) => ({
        ...reply,
        state: stopped ? "stopped" : "failed",
        error: stopped ? null : words(error),
      }));
    }
  }

  private end(turnId: string, replyId: string, change: (reply: Reply) => Reply): void {
    this.running.delete(replyId);
    this.patch(turnId, replyId, change);
    this.keep(this.conversation);
  }

  private patch(turnId: string, replyId: string, change: (reply: Reply) => Reply): void {
    this.set(changedReply(this.conversation, turnId, replyId, change));
  }

  /** Readers are told once a frame, however many chunks came in it. */
  private set(conversation: Conversation): void {
    this.conversation = conversation;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      for (const listener of this.listeners) listener();
    });
  }
}

function speaks(chunk: Chunk): boolean {
  const delta = chunk.choices?.[0]?.delta;
  return Boolean(delta?.content || delta?.reasoning || delta?.tool_calls?.length);
}

function words(error: unknown): string {
  if (error instanceof ApiError && error.status === 401)
    return "You are signed out. Sign in to chat.";
  return error instanceof Error ? error.message : String(error);
}
