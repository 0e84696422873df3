/** Drop-in code for a model: which samples there are, and who writes them. */

import type { Model } from "@/api/types";
import {
  pythonEmbeddings,
  pythonMessages,
  pythonOpenai,
  pythonOpenrouter,
  pythonResponses,
} from "./code/python";
import { body, bodyOf, type Dialect, type Language, type Sample } from "./code/request";
import { tsAiSdk, tsOpenai } from "./code/typescript";

export { bodyOf, type Dialect, KEY, type Language, type Sample, TEXT } from "./code/request";

export const DIALECTS: Record<Dialect, { label: string; path: string; languages: Language[] }> = {
  chat: {
    label: "Chat",
    path: "/chat/completions",
    languages: [
      { id: "curl", label: "curl", write: curlOf("chat") },
      { id: "python", label: "Python, openai", install: "pip install openai", write: pythonOpenai },
      {
        id: "openrouter",
        label: "Python, openrouter",
        install: "pip install openrouter",
        write: pythonOpenrouter,
      },
      { id: "ts", label: "TypeScript, openai", install: "npm install openai", write: tsOpenai },
      {
        id: "ai-sdk",
        label: "TypeScript, AI SDK",
        install: "npm install ai @ai-sdk/openai-compatible",
        write: tsAiSdk,
      },
    ],
  },
  responses: {
    label: "Responses",
    path: "/responses",
    languages: [
      { id: "curl", label: "curl", write: curlOf("responses") },
      {
        id: "python",
        label: "Python, openai",
        install: "pip install openai",
        write: pythonResponses,
      },
    ],
  },
  messages: {
    label: "Messages",
    path: "/messages",
    languages: [
      { id: "curl", label: "curl", write: curlOf("messages") },
      {
        id: "python",
        label: "Python, anthropic",
        install: "pip install anthropic",
        write: pythonMessages,
      },
    ],
  },
  embeddings: {
    label: "Embeddings",
    path: "/embeddings",
    languages: [
      { id: "curl", label: "curl", write: curlOf("embeddings") },
      {
        id: "python",
        label: "Python, openai",
        install: "pip install openai",
        write: pythonEmbeddings,
      },
    ],
  },
  rerank: {
    label: "Rerank",
    path: "/rerank",
    languages: [{ id: "curl", label: "curl", write: curlOf("rerank") }],
  },
};

/** The dialects a model of these outputs is called by. */
export function dialectsOf(outputs: readonly string[]): Dialect[] {
  if (outputs.includes("embeddings")) return ["embeddings"];
  if (outputs.includes("rerank")) return ["rerank"];
  return ["chat", "responses", "messages"];
}

/** Whether it answers a chat; embeddings and rerank models do not. */
export function chats(model: Pick<Model, "output_modalities">): boolean {
  return dialectsOf(model.output_modalities).includes("chat");
}

function curlOf(dialect: Dialect) {
  return (sample: Sample): string => {
    const json = body(bodyOf(dialect, sample)).replaceAll("'", "'\\''");
    return [
      `curl ${sample.stream ? "-N " : ""}${sample.base}${DIALECTS[dialect].path} \\`,
      `  -H 'Authorization: Bearer ${sample.key}' \\`,
      "  -H 'Content-Type: application/json' \\",
      `  -d '${json}'`,
    ].join("\n");
  };
}
