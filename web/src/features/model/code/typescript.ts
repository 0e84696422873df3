/** Samples in TypeScript. */

import { lines, literal, modelName, preference, type Sample } from "./request";

export function tsOpenai(sample: Sample): string {
  const { provider } = preference(sample);
  const call = lines("  ", [
    `model: ${literal(modelName(sample))}`,
    `messages: [{ role: "user", content: ${literal(sample.text)} }]`,
    sample.stream ? "stream: true" : null,
    // The client's types do not know the field; it sends it on.
    provider ? `...({ provider: { sort: ${literal(provider.sort)} } } as object)` : null,
  ]);
  const read = sample.stream
    ? `for await (const chunk of answer) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`
    : "console.log(answer.choices[0]?.message.content);";
  return `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: ${literal(sample.base)},
  apiKey: ${literal(sample.key)},
});

const answer = await client.chat.completions.create({
${call}
});
${read}`;
}

export function tsAiSdk(sample: Sample): string {
  const { provider } = preference(sample);
  const call = lines("  ", [
    `model: turnout(${literal(modelName(sample))})`,
    `prompt: ${literal(sample.text)}`,
    provider
      ? `providerOptions: { turnout: { provider: { sort: ${literal(provider.sort)} } } }`
      : null,
  ]);
  const verb = sample.stream ? "streamText" : "generateText";
  const read = sample.stream
    ? `const { textStream } = streamText({
${call}
});
for await (const text of textStream) {
  process.stdout.write(text);
}`
    : `const { text } = await generateText({
${call}
});
console.log(text);`;
  return `import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ${verb} } from "ai";

const turnout = createOpenAICompatible({
  name: "turnout",
  baseURL: ${literal(sample.base)},
  apiKey: ${literal(sample.key)},
});

${read}`;
}
