// @vitest-environment node
import { spawnSync } from "node:child_process";
import ts from "typescript";
import { expect, test } from "vitest";
import { MODES } from "./model";
import { bodyOf, chats, DIALECTS, type Dialect, dialectsOf, KEY, type Sample } from "./samples";

const BASE = "http://127.0.0.1:8787/api/v1";
const PLAIN: Sample = {
  base: BASE,
  slug: "openai/gpt-4o-mini",
  mode: "balanced",
  by: "suffix",
  stream: false,
  key: KEY,
  text: 'It\'s "quoted"\\ and\nlong; $HOME stays.',
};
const ALL: Sample[] = MODES.flatMap((mode) =>
  ([false, true] as const).flatMap((stream) =>
    (["suffix", "field"] as const).map((by) => ({ ...PLAIN, mode, stream, by })),
  ),
);
const DIALECT_IDS = Object.keys(DIALECTS) as Dialect[];

const written = (id: RegExp) =>
  DIALECT_IDS.flatMap((dialect) =>
    DIALECTS[dialect].languages
      .filter((language) => id.test(language.label))
      .flatMap((language) =>
        ALL.map((sample) => ({ dialect, sample, text: language.write(sample) })),
      ),
  );

function python(program: string, input: string): string {
  const run = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
  expect(run.stderr).toBe("");
  return run.stdout;
}

test("every sample holds the base address, the slug and the key's placeholder", () => {
  const rows = written(/./);
  expect(rows.length).toBe(12 * ALL.length);
  for (const { text, dialect } of rows) {
    expect(text).toContain(dialect === "messages" && !text.startsWith("curl") ? "/api" : BASE);
    expect(text).toContain("openai/gpt-4o-mini");
    expect(text).toContain(KEY);
  }
});

test("the Python samples are Python", () => {
  const texts = written(/^Python/).map((row) => row.text);
  const program =
    "import ast, json, sys\nfor text in json.load(sys.stdin): ast.parse(text)\nprint('ok')";
  expect(python(program, JSON.stringify(texts))).toBe("ok\n");
});

test("the TypeScript samples parse", () => {
  for (const { text } of written(/^TypeScript/)) {
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
  }
});

test("a shell hands curl exactly the request's JSON", () => {
  for (const { text, dialect, sample } of written(/^curl/)) {
    const run = spawnSync("sh", ["-c", text.replace(/^curl /, "printf '%s\\0' ")]);
    const words = run.stdout.toString().split("\0");
    expect(words).toContain(`Authorization: Bearer ${KEY}`);
    expect(words).toContain(BASE + DIALECTS[dialect].path);
    expect(JSON.parse(words[words.indexOf("-d") + 1] ?? "")).toEqual(bodyOf(dialect, sample));
  }
});

test("a mode is a suffix or a field, never both", () => {
  const nitro = { ...PLAIN, mode: "nitro" } as const;
  expect(bodyOf("chat", nitro).model).toBe("openai/gpt-4o-mini:nitro");
  expect(bodyOf("chat", nitro).provider).toBeUndefined();
  const field = bodyOf("chat", { ...nitro, by: "field" });
  expect(field.model).toBe("openai/gpt-4o-mini");
  expect(field.provider).toEqual({ sort: "throughput" });
  expect(bodyOf("chat", { ...PLAIN, by: "field" }).provider).toBeUndefined();
});

test("each sample asks for the mode in its own way", () => {
  for (const { text, sample } of written(/./)) {
    if (sample.mode !== "floor") continue;
    expect(text.includes("openai/gpt-4o-mini:floor")).toBe(sample.by === "suffix");
    expect(/sort"?: "price"/.test(text)).toBe(sample.by === "field");
  }
});

test("a stream is asked for where the dialect has one", () => {
  expect(bodyOf("responses", { ...PLAIN, stream: true }).stream).toBe(true);
  expect(bodyOf("embeddings", { ...PLAIN, stream: true }).stream).toBeUndefined();
  expect(bodyOf("messages", PLAIN)).toMatchObject({ max_tokens: 1024 });
});

test("a model is called by the dialects of what it gives", () => {
  expect(dialectsOf(["text", "image"])).toEqual(["chat", "responses", "messages"]);
  expect(dialectsOf(["embeddings"])).toEqual(["embeddings"]);
  expect(dialectsOf(["rerank"])).toEqual(["rerank"]);
});

test("embeddings and rerank models are not for chats", () => {
  expect(chats({ output_modalities: ["text", "image"] })).toBe(true);
  expect(chats({ output_modalities: ["embeddings"] })).toBe(false);
});
