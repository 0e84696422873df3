/** The short version of every tab. What is shown first comes with the model itself; the rest follows. */

import type { Endpoint } from "@/api/types";
import { Code } from "@/ui/code";
import { context, duration, percent, perMillion, speed } from "@/ui/format";
import { Section } from "@/ui/parts";
import { type Column, Table } from "@/ui/table";
import { ProviderCell, UptimeCell } from "./cells";
import { useBase } from "./code-samples";
import { headPrice, pricePair } from "./model";
import { ActivityPart, AppsPart, BenchmarksPart, UptimePart } from "./overview-measured";
import { Figures, More, nothing, Part } from "./overview-part";
import { providerRows } from "./rows";
import { DIALECTS, dialectsOf, KEY, type Sample, TEXT } from "./samples";
import type { TabProps } from "./view";

const MOST = 6;

export function Overview(props: TabProps) {
  const { model } = props;
  return (
    <>
      <ProvidersPart {...props} />
      <div className="mt-8 grid gap-3 lg:grid-cols-2">
        <SpeedPart {...props} />
        <PricePart {...props} />
        <UptimePart {...props} />
        <BenchmarksPart {...props} />
        <ActivityPart {...props} />
        <AppsPart {...props} />
      </div>
      <Section
        title="Quick start"
        about="The smallest request to this model."
        actions={<More {...props} tab="quickstart" label="All languages, and try it" />}
      >
        <FirstSample {...props} outputs={model.output_modalities} />
      </Section>
    </>
  );
}

const COLUMNS: Column<Endpoint>[] = [
  { id: "provider", head: "Provider", cell: (row) => <ProviderCell endpoint={row} /> },
  number("in", "In", (row) => perMillion(row.pricing.prompt)),
  number("out", "Out", (row) => perMillion(row.pricing.completion)),
  number("context", "Context", (row) => context(row.context_length)),
  number("ttft", "TTFT", (row) => duration(row.ttft_ms?.p50)),
  number("throughput", "Throughput", (row) => speed(row.throughput_tps?.p50)),
  { id: "uptime", head: "Uptime", cell: (row) => <UptimeCell endpoint={row} /> },
];

function number(id: string, head: string, cell: (row: Endpoint) => string): Column<Endpoint> {
  return { id, head, cell, number: true };
}

function ProvidersPart(props: TabProps) {
  const { model } = props;
  const rows = providerRows(model.endpoints, undefined).map((row) => row.endpoint);
  return (
    <Section
      title="Providers"
      about={hostsText(rows)}
      actions={<More {...props} tab="providers" label="Compare, and see who is taken" />}
    >
      <Table
        label={`Providers of ${model.name}`}
        columns={COLUMNS}
        rows={rows.slice(0, MOST)}
        rowKey={(row) => row.tag}
        dim={(row) => !row.on}
      />
    </Section>
  );
}

function hostsText(endpoints: readonly Endpoint[]): string {
  const on = endpoints.filter((endpoint) => endpoint.on).length;
  const prices = "prices are USD per million tokens.";
  if (endpoints.length === 1)
    return `One endpoint hosts this model, at a provider that is ${on ? "on" : "off"}; ${prices}`;
  return `${endpoints.length} endpoints host this model, ${on} of them at providers that are on; ${prices}`;
}

/** The best of the endpoints by a number of theirs. */
function best(
  endpoints: readonly Endpoint[],
  of: (endpoint: Endpoint) => number | null | undefined,
  way: "high" | "low",
): { name: string; value: number } | null {
  const sign = way === "high" ? -1 : 1;
  const known = endpoints.flatMap((endpoint) => {
    const value = of(endpoint);
    return typeof value === "number" ? [{ name: endpoint.provider_name, value }] : [];
  });
  return known.sort((a, b) => sign * (a.value - b.value))[0] ?? null;
}

function SpeedPart(props: TabProps) {
  const { endpoints } = props.model;
  const rows = [
    ["Throughput", best(endpoints, (e) => e.throughput_tps?.p50, "high"), speed],
    ["TTFT", best(endpoints, (e) => e.ttft_ms?.p50, "low"), duration],
    ["Latency", best(endpoints, (e) => e.latency_ms?.p50, "low"), duration],
  ] as const;
  return (
    <Part
      {...props}
      title="Performance"
      tab="performance"
      about="Best median of the last 30 minutes, else day"
    >
      {rows.every(([, found]) => found === null) ? (
        nothing("Nothing was measured yet: speed comes with traffic.")
      ) : (
        <Figures
          rows={rows.map(([label, found, format]) => ({
            label,
            value: found ? format(found.value) : "–",
            note: found?.name ?? "",
          }))}
        />
      )}
    </Part>
  );
}

function PricePart(props: TabProps) {
  const { model } = props;
  const { effective } = model;
  const list = headPrice(model);
  return (
    <Part
      {...props}
      title="Pricing"
      tab="pricing"
      about="In / out, per 1M tokens; effective: last 30 days"
    >
      <Figures
        rows={[
          {
            label: "List price",
            value: pricePair(list.prompt, list.completion),
            note: "primary provider",
          },
          {
            label: "Effective price",
            value: pricePair(effective.prompt, effective.completion),
            note: effective.prompt === null ? "comes with traffic" : "all providers",
          },
          {
            label: "Cache hits",
            value: percent(effective.cache_hit_rate),
            note: "of prompt tokens",
          },
        ]}
      />
    </Part>
  );
}

function FirstSample({ model, mode, outputs }: TabProps & { outputs: string[] }) {
  const base = useBase();
  const language = DIALECTS[dialectsOf(outputs)[0] ?? "chat"].languages[0];
  if (!language) return null;
  const sample: Sample = {
    base,
    slug: model.slug,
    mode,
    by: "suffix",
    stream: false,
    key: KEY,
    text: TEXT,
  };
  return <Code text={language.write(sample)} label="curl" />;
}
