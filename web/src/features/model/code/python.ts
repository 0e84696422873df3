/** Samples in Python. */

import { lines, literal, modelName, preference, type Sample, spaced } from "./request";

function pythonClient(sample: Sample): string {
  return `from openai import OpenAI

client = OpenAI(
    base_url=${literal(sample.base)},
    api_key=${literal(sample.key)},
)
`;
}

/** A field that OpenAI's clients do not know goes beside theirs. */
function extraBody(sample: Sample): string | null {
  const extra = preference(sample);
  return extra.provider ? `extra_body=${spaced(extra)}` : null;
}

export function pythonOpenai(sample: Sample): string {
  const call = lines("    ", [
    `model=${literal(modelName(sample))}`,
    `messages=[{"role": "user", "content": ${literal(sample.text)}}]`,
    sample.stream ? "stream=True" : null,
    extraBody(sample),
  ]);
  const read = sample.stream
    ? `for chunk in answer:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`
    : "print(answer.choices[0].message.content)";
  return `${pythonClient(sample)}
answer = client.chat.completions.create(
${call}
)
${read}`;
}

export function pythonOpenrouter(sample: Sample): string {
  const { provider } = preference(sample);
  const call = lines("        ", [
    `model=${literal(modelName(sample))}`,
    `messages=[{"role": "user", "content": ${literal(sample.text)}}]`,
    sample.stream ? "stream=True" : null,
    provider ? `provider=${spaced(provider)}` : null,
  ]);
  const read = sample.stream
    ? `    for chunk in answer:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)`
    : "    print(answer.choices[0].message.content)";
  return `from openrouter import OpenRouter

with OpenRouter(
    server_url=${literal(sample.base)},
    api_key=${literal(sample.key)},
) as client:
    answer = client.chat.send(
${call}
    )
${read}`;
}

export function pythonResponses(sample: Sample): string {
  const call = lines("    ", [
    `model=${literal(modelName(sample))}`,
    `input=${literal(sample.text)}`,
    sample.stream ? "stream=True" : null,
    extraBody(sample),
  ]);
  const read = sample.stream
    ? `for event in answer:
    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)`
    : "print(answer.output_text)";
  return `${pythonClient(sample)}
answer = client.responses.create(
${call}
)
${read}`;
}

/** Anthropic's client adds /v1/messages by itself. */
export function pythonMessages(sample: Sample): string {
  const call = (indent: string) =>
    lines(indent, [
      `model=${literal(modelName(sample))}`,
      "max_tokens=1024",
      `messages=[{"role": "user", "content": ${literal(sample.text)}}]`,
      extraBody(sample),
    ]);
  const head = `from anthropic import Anthropic

client = Anthropic(
    base_url=${literal(sample.base.replace(/\/v1$/, ""))},
    api_key=${literal(sample.key)},
)
`;
  return sample.stream
    ? `${head}
with client.messages.stream(
${call("    ")}
) as answer:
    for text in answer.text_stream:
        print(text, end="", flush=True)`
    : `${head}
answer = client.messages.create(
${call("    ")}
)
print(answer.content[0].text)`;
}

export function pythonEmbeddings(sample: Sample): string {
  return `${pythonClient(sample)}
answer = client.embeddings.create(
${lines("    ", [`model=${literal(modelName(sample))}`, `input=${literal(sample.text)}`, extraBody(sample)])}
)
print(len(answer.data[0].embedding))`;
}
