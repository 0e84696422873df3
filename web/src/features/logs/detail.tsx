/** One generation: what was asked of whom, why, what came of it and what it cost. */

import type { ReactNode } from "react";
import type { DecisionRow, GenerationDetail } from "@/api/types";
import { count, duration, money, percent, perMillion, speed } from "@/ui/format";
import { Card, Section, Tag, Tile } from "@/ui/parts";
import { type Column, Table } from "@/ui/table";

export function Detail({ generation }: { generation: GenerationDetail }) {
  return (
    <>
      <dl className="mb-6 grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        <Tile label="Cost">{generation.unpriced ? "No price" : money(generation.cost)}</Tile>
        <Tile label="Tokens in / out">
          {count(generation.tokens_prompt)} / {count(generation.tokens_completion)}
        </Tile>
        <Tile label="TTFT">{duration(generation.ttft_ms)}</Tile>
        <Tile label="Latency">{duration(generation.latency_ms)}</Tile>
        <Tile label="Throughput">{speed(generation.throughput_tps)}</Tile>
        <Tile label="Finish" note={generation.native_finish_reason ?? undefined}>
          {generation.finish_reason ?? "–"}
        </Tile>
      </dl>
      {generation.error_message ? (
        <p className="mb-6 rounded-lg border border-bad bg-bad-soft px-4 py-3 text-sm">
          <b>{generation.error_type}</b>: {generation.error_message}
        </p>
      ) : null}
      <Section title="Attempts" about="Each endpoint that was tried, in order.">
        <Table
          label="Attempts"
          columns={ATTEMPTS}
          rows={generation.attempts}
          rowKey={(row) => `${row.started_at_ms} ${row.endpoint}`}
        />
      </Section>
      {generation.decision ? <Decision decision={generation.decision} /> : null}
      <Section title="Bill" about="Kinds of tokens are disjoint; the sum is what was charged.">
        <Table
          label="Charges"
          columns={CHARGES}
          rows={generation.charges}
          rowKey={(row) => row.label}
        />
      </Section>
      <Section
        title="Parameters"
        about="What the serving endpoint did with what the request asked for."
      >
        <Words words={generation.honesty} />
      </Section>
      {generation.pipeline.length ? (
        <Section title="Plugins">
          <Table
            label="Plugins"
            columns={STAGES}
            rows={generation.pipeline}
            rowKey={(row) => row.name}
          />
        </Section>
      ) : null}
      <Section title="Request">
        <Facts generation={generation} />
      </Section>
      <Section title="Content">
        {generation.content ? (
          <div className="grid gap-4 lg:grid-cols-2">
            <Text title="Prompt" text={generation.content.prompt} />
            <Text title="Completion" text={generation.content.completion} />
          </div>
        ) : (
          <p className="text-sm text-ink-2">
            Prompts and completions are not kept: logging of content is off.
          </p>
        )}
      </Section>
    </>
  );
}

type AttemptRow = GenerationDetail["attempts"][number];

const ATTEMPTS: Column<AttemptRow>[] = [
  { id: "endpoint", head: "Endpoint", cell: (r) => r.endpoint },
  {
    id: "outcome",
    head: "Outcome",
    cell: (r) => (
      <span className="flex flex-wrap items-center gap-2">
        <Tag tone={r.outcome === "served" ? "good" : r.outcome === "cancelled" ? "warn" : "bad"}>
          {(r.kind ?? r.outcome).replaceAll("_", " ")}
        </Tag>
        {r.message ? <span className="text-xs text-ink-2">{r.message}</span> : null}
      </span>
    ),
  },
  { id: "status", head: "HTTP", number: true, cell: (r) => r.status ?? "–" },
  { id: "ttft", head: "TTFT", number: true, cell: (r) => duration(r.ttft_ms) },
  { id: "latency", head: "Latency", number: true, cell: (r) => duration(r.latency_ms) },
  { id: "cost", head: "Cost", number: true, cell: (r) => money(r.cost) },
];

const CHARGES: Column<GenerationDetail["charges"][number]>[] = [
  { id: "label", head: "For", cell: (r) => r.label },
  { id: "tokens", head: "Amount", number: true, cell: (r) => count(r.tokens) },
  { id: "rate", head: "Per million", number: true, cell: (r) => perMillion(r.rate) },
  { id: "cost", head: "Cost", number: true, cell: (r) => money(r.cost) },
];

const STAGES: Column<GenerationDetail["pipeline"][number]>[] = [
  { id: "name", head: "Plugin", cell: (r) => r.name },
  { id: "summary", head: "Did", cell: (r) => r.summary ?? "–" },
  { id: "cost", head: "Cost", number: true, cell: (r) => money(r.cost) },
];

const STEPS: Column<DecisionRow["steps"][number]>[] = [
  { id: "place", head: "#", number: true, cell: (r) => r.place + 1 },
  { id: "endpoint", head: "Endpoint", cell: (r) => r.endpoint },
  { id: "share", head: "Share", number: true, cell: (r) => percent(r.share) },
  { id: "price", head: "Price / M", number: true, cell: (r) => perMillion(r.price) },
  { id: "adjusted", head: "Adjusted / M", number: true, cell: (r) => perMillion(r.adjusted) },
  { id: "ttft", head: "TTFT", number: true, cell: (r) => duration(r.ttft_ms) },
  { id: "speed", head: "Throughput", number: true, cell: (r) => speed(r.speed_tps) },
  { id: "faults", head: "Fails", number: true, cell: (r) => percent(r.fault_share) },
  {
    id: "reason",
    head: "Why",
    cell: (r) => <span className="block min-w-48 text-xs text-ink-2">{r.reason}</span>,
  },
];

function Decision({ decision }: { decision: DecisionRow }) {
  return (
    <Section
      title="Decision"
      about={`Ordered by ${decision.order.replaceAll("_", " ")}, on ${decision.basis.replaceAll("_", " ")}${decision.stuck ? "; the conversation stayed where its cache is warm" : ""}.`}
    >
      <Table
        label="Endpoints as they were weighed"
        columns={STEPS}
        rows={decision.steps}
        rowKey={(row) => row.endpoint}
      />
      {decision.dropped.length ? (
        <p className="mt-2 text-sm text-ink-2">
          Left out:{" "}
          {decision.dropped
            .map((one) => `${one.endpoint} (${one.filter.replaceAll("_", " ")})`)
            .join(", ")}
          {decision.more ? ` and ${decision.more} more` : ""}.
        </p>
      ) : null}
    </Section>
  );
}

function Words({ words }: { words: GenerationDetail["honesty"] }) {
  const kinds = [
    ["Honoured", words.honoured, "good"],
    ["Translated", words.translated, "plain"],
    ["Emulated", words.emulated, "warn"],
    ["Dropped", words.dropped, "bad"],
  ] as const;
  if (kinds.every(([, names]) => !names.length))
    return <p className="text-sm text-ink-2">None were asked for.</p>;
  return (
    <dl className="space-y-2 text-sm">
      {kinds.map(([kind, names, tone]) =>
        names.length ? (
          <div key={kind} className="flex flex-wrap items-center gap-1.5">
            <dt className="w-24 text-ink-3">{kind}</dt>
            {names.map((name) => (
              <dd key={name}>
                <Tag tone={tone}>{name}</Tag>
              </dd>
            ))}
          </div>
        ) : null,
      )}
    </dl>
  );
}

function Facts({ generation }: { generation: GenerationDetail }) {
  const facts: [string, ReactNode][] = [
    ["Asked for", generation.requested],
    ["Model", generation.model || "–"],
    ["Provider", generation.provider_name ?? "–"],
    ["Dialect", generation.dialect],
    ["Streamed", generation.stream ? "yes" : "no"],
    ["Key", generation.key_name ?? generation.key_hash],
    ["App", generation.app_title || generation.app || "–"],
    ["Session", generation.session_id ?? "–"],
    ["User", generation.user ?? "–"],
    ["User agent", generation.user_agent ?? "–"],
    ["Request id", generation.request_id ?? "–"],
    ["Provider's id", generation.upstream_id ?? "–"],
    ["Service tier", generation.service_tier ?? "–"],
  ];
  return (
    <Card>
      <dl className="grid gap-x-8 gap-y-1.5 p-4 text-sm sm:grid-cols-2">
        {facts.map(([label, value]) => (
          <div key={label} className="flex min-w-0 gap-3">
            <dt className="w-28 shrink-0 text-ink-3">{label}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Text({ title, text }: { title: string; text: string }) {
  return (
    <Card className="p-3.5">
      <h3>{title}</h3>
      <pre
        tabIndex={0}
        className="mt-1 max-h-96 overflow-auto font-mono text-xs whitespace-pre-wrap"
      >
        {text}
      </pre>
    </Card>
  );
}
