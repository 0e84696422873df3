/** The API, operation by operation, from the gateway's own OpenAPI document. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { failure } from "@/api/client";
import { SearchField } from "@/ui/choice";
import { PageHead, Tag } from "@/ui/parts";
import { Empty, Loaded } from "@/ui/states";
import { type Field, type OpenApi, type Operation, operationsOf } from "./operations";

async function openapi({ signal }: { signal: AbortSignal }): Promise<Operation[]> {
  const answer = await fetch("/api/v1/openapi.json", { signal });
  if (!answer.ok) throw await failure(answer);
  return operationsOf((await answer.json()) as OpenApi);
}

export function ApiReference() {
  const [words, setWords] = useState("");
  const query = useQuery({
    queryKey: ["openapi"],
    queryFn: openapi,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="max-w-4xl">
      <PageHead
        title="API reference"
        about={
          <>
            Made from{" "}
            <a href="/openapi.json" className="text-accent underline">
              openapi.json
            </a>
            , which the gateway writes of itself.
          </>
        }
        actions={
          <SearchField
            label="Search operations"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        }
      />
      <Loaded query={query} rows={12}>
        {(operations) => (
          <Operations
            operations={operations.filter((one) =>
              `${one.method} ${one.path} ${one.summary} ${one.tag}`
                .toLowerCase()
                .includes(words.toLowerCase()),
            )}
          />
        )}
      </Loaded>
    </div>
  );
}

function Operations({ operations }: { operations: Operation[] }) {
  if (!operations.length) return <Empty title="No operation is like that" />;
  const tags = [...new Set(operations.map((one) => one.tag))];
  return tags.map((tag) => (
    <section key={tag} className="mb-6">
      <h2 className="mb-2">{tag}</h2>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {operations
          .filter((one) => one.tag === tag)
          .map((one) => (
            <OperationView key={one.id} operation={one} />
          ))}
      </div>
    </section>
  ));
}

function OperationView({ operation }: { operation: Operation }) {
  return (
    <details className="group px-3.5 py-2.5">
      <summary className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Tag tone="accent">{operation.method}</Tag>
        <code className="font-mono text-[13px] break-all">{operation.path}</code>
        <span className="text-ink-2">{operation.summary}</span>
      </summary>
      <div className="mt-3 space-y-3">
        <Fields title="Query and path" fields={operation.query} />
        <Fields title="Body" fields={operation.body} />
        {operation.answer ? (
          <p className="text-xs text-ink-2">
            Answers with <code className="font-mono">{operation.answer}</code>.
          </p>
        ) : null}
      </div>
    </details>
  );
}

function Fields({ title, fields }: { title: string; fields: Field[] }) {
  if (!fields.length) return null;
  return (
    <section tabIndex={0} aria-label={title} className="overflow-x-auto">
      <table className="w-full text-left text-xs">
        <caption className="text-left font-medium text-ink-3">{title}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name} className="border-t border-line align-top">
              <td className="py-1 pr-4 font-mono whitespace-nowrap">
                {field.name}
                {field.required ? <span className="text-bad"> required</span> : null}
              </td>
              <td className="max-w-72 py-1 pr-4 font-mono break-words text-ink-2">{field.type}</td>
              <td className="py-1 text-ink-2">{field.about}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
