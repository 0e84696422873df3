/** The request that every sample makes, and how its parts are written. */

import { MODE_FACTS, type Mode, nameIn } from "../model";

export interface Sample {
  /** "http://127.0.0.1:8787/api/v1" */
  base: string;
  slug: string;
  mode: Mode;
  /** The mode as a suffix of the slug, or as the field `provider.sort`. */
  by: "suffix" | "field";
  stream: boolean;
  key: string;
  text: string;
}

/** What stands for a key until there is one. */
export const KEY = "sk-or-v1-YOUR-KEY";
export const TEXT = "Say hello.";

export type Dialect = "chat" | "responses" | "messages" | "embeddings" | "rerank";
export interface Language {
  id: string;
  label: string;
  /** What must be installed first; none where nothing must. */
  install?: string;
  write: (sample: Sample) => string;
}

/** A request body; `provider` only where the mode is to be a field. */
export function bodyOf(dialect: Dialect, sample: Sample): Record<string, unknown> {
  const text = sample.text;
  const said = [{ role: "user", content: text }];
  const parts: Record<Dialect, Record<string, unknown>> = {
    chat: { messages: said },
    responses: { input: text },
    messages: { max_tokens: 1024, messages: said },
    embeddings: { input: text },
    rerank: { query: text, documents: ["Hello there.", "The tide is high."] },
  };
  const streams = sample.stream && dialect !== "embeddings" && dialect !== "rerank";
  return {
    model: modelName(sample),
    ...parts[dialect],
    ...(streams ? { stream: true } : {}),
    ...preference(sample),
  };
}

export function modelName(sample: Sample): string {
  return sample.by === "suffix" ? nameIn(sample.slug, sample.mode) : sample.slug;
}

export function preference({ mode, by }: Sample): { provider?: { sort: string } } {
  const { sort } = MODE_FACTS[mode];
  return by === "field" && sort ? { provider: { sort } } : {};
}

/** JSON text is a literal of Python and TypeScript alike, for what stands in a request here. */
export const literal = JSON.stringify;

/** Keyword arguments or fields, one a line. */
export function lines(indent: string, rows: (string | null)[]): string {
  return rows
    .filter((row) => row !== null)
    .map((row) => `${indent}${row},`)
    .join("\n");
}

/** JSON on one line, with the spaces a person would write. */
export function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return literal(value);
  return `{${fields(value).join(", ")}}`;
}

/** JSON with one line a field, as a request body is read best. */
export function body(value: object): string {
  return `{\n  ${fields(value).join(",\n  ")}\n}`;
}

function fields(value: object): string[] {
  return Object.entries(value).map(([name, one]) => `${literal(name)}: ${spaced(one)}`);
}
