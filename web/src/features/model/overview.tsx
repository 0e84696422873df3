/** The short version of every tab. What is shown first comes with the model itself; the rest follows. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Endpoint } from "@/api/types";
import { BarChart } from "@/charts/bars";
import { ShareBar, UptimeBar } from "@/charts/small";
import { Code } from "@/ui/code";
import {
  compact,
  context,
  duration,
  percent,
  percentOf,
  perMillion,
  perMillionNumber,
  shortDate,
  speed,
} from "@/ui/format";
import { Card, Section } from "@/ui/parts";
import { Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { AppName } from "./apps";
import { ProviderCell, UptimeCell } from "./cells";
import { useBase } from "./code-samples";
import { mean, type TabId } from "./model";
import { activityQuery, appsQuery, benchmarksQuery, uptimeQuery } from "./queries";
import { providerRows } from "./rows";
import { DIALECTS, dialectsOf, KEY, TEXT } from "./samples";
import { TOKEN_PARTS, tokenPoints } from "./series";
import { tabLink } from "./tab-bar";
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

function More({ model, mode, tab, label }: TabProps & { tab: TabId; label: string }) {
  return (
    <Link
      {...tabLink(model.slug, tab, mode)}
      className="inline-flex items-center gap-1 text-sm font-medium whitespace-nowrap text-accent hover:underline"
    >
      {label} <ArrowRight size={13} aria-hidden />
    </Link>
  );
}

/** A card for one tab: what it says in short, and the way there. */
function Part({
  title,
  about,
  tab,
  children,
  ...rest
}: TabProps & { title: string; about: string; tab: TabId; children: ReactNode }) {
  return (
    <Card className="flex min-w-0 flex-col p-3.5">
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="text-[0.95rem]!">{title}</h2>
        <More {...rest} tab={tab} label="More" />
      </div>
      <p className="mb-2.5 text-xs text-ink-3">{about}</p>
      {children}
    </Card>
  );
}

const nothing = (text: string) => <p className="text-sm text-ink-2">{text}</p>;

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
      about={`${rows.length === 1 ? "One endpoint hosts" : `${rows.length} endpoints host`} this model, ${model.on} at providers that are on; prices are USD per million tokens.`}
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
  const cheapest = best(model.endpoints, (e) => perMillionNumber(e.pricing.prompt), "low");
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
            value: `${perMillion(model.price_prompt)} / ${perMillion(model.price_completion)}`,
            note: cheapest?.name ?? "",
          },
          {
            label: "Effective price",
            value: `${perMillion(effective.prompt)} / ${perMillion(effective.completion)}`,
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

function Figures({ rows }: { rows: { label: string; value: string; note: string }[] }) {
  return (
    <dl className="grid gap-y-1.5 text-sm">
      {rows.map((row) => (
        <div key={row.label} className="flex items-baseline gap-3">
          <dt className="w-28 shrink-0 text-ink-2">{row.label}</dt>
          <dd className="font-semibold whitespace-nowrap">{row.value}</dd>
          <dd className="ml-auto min-w-0 truncate text-xs text-ink-3">{row.note}</dd>
        </div>
      ))}
    </dl>
  );
}

function UptimePart(props: TabProps) {
  const query = useQuery(uptimeQuery(props.model.slug));
  return (
    <Part {...props} title="Uptime" tab="uptime" about="Requests that succeeded, last 30 days">
      <Loaded
        query={query}
        rows={2}
        isEmpty={(data) => data.days.every((day) => day.with_routing === null)}
        empty={nothing("No request yet: uptime is measured on real traffic.")}
      >
        {(data) => (
          <>
            <UptimeBar
              wide
              label="With routing"
              days={data.days.map((day) => ({ day: day.day, uptime: day.with_routing }))}
            />
            <p className="mt-2 text-sm">
              <b className="font-semibold">
                {percentOf(mean(data.days.map((day) => day.with_routing)))}
              </b>{" "}
              with routing,{" "}
              <b className="font-semibold">
                {percentOf(mean(data.days.map((day) => day.without_routing)))}
              </b>{" "}
              without
            </p>
          </>
        )}
      </Loaded>
    </Part>
  );
}

function BenchmarksPart(props: TabProps) {
  const query = useQuery(benchmarksQuery(props.model.slug));
  return (
    <Part {...props} title="Benchmarks" tab="benchmarks" about="Published or measured scores">
      <Loaded
        query={query}
        rows={3}
        isEmpty={(data) => data.scores.length === 0}
        empty={nothing("No score of this model is known.")}
      >
        {(data) => (
          <ul className="grid gap-y-1.5 text-sm">
            {data.scores.slice(0, 4).map((score) => (
              <li key={`${score.benchmark} ${score.source}`} className="flex items-center gap-3">
                <span className="w-32 shrink-0 truncate text-ink-2">{score.name}</span>
                <ShareBar
                  share={score.score_percent / 100}
                  text={percentOf(score.score_percent, 1)}
                />
                <span className="ml-auto text-xs whitespace-nowrap text-ink-3">
                  {score.rank} of {score.of}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Part>
  );
}

function ActivityPart(props: TabProps) {
  const query = useQuery(activityQuery(props.model.slug));
  return (
    <Part {...props} title="Activity" tab="activity" about="Tokens by day, last 30 days">
      <Loaded
        query={query}
        rows={3}
        isEmpty={(data) => data.days.every((day) => day.requests === 0)}
        empty={nothing("No request yet.")}
      >
        {(data) => (
          <BarChart
            label="Tokens by day"
            summary={`${compact(data.days.reduce((sum, day) => sum + day.prompt + day.completion, 0))} in ${data.days.length} days.`}
            series={TOKEN_PARTS}
            points={tokenPoints(data.days)}
            format={compact}
            formatAt={shortDate}
            height={140}
          />
        )}
      </Loaded>
    </Part>
  );
}

function AppsPart(props: TabProps) {
  const query = useQuery(appsQuery(props.model.slug));
  return (
    <Part {...props} title="Apps" tab="apps" about="Most tokens, last 30 days">
      <Loaded
        query={query}
        rows={3}
        isEmpty={(data) => data.apps.length === 0}
        empty={nothing("No app has named itself yet.")}
      >
        {(data) => (
          <ul className="grid gap-y-2 text-sm">
            {data.apps.slice(0, 6).map((app) => (
              <li key={app.app} className="flex items-center justify-between gap-3">
                <AppName app={app} />
                <span className="text-ink-2">{compact(app.tokens)}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Part>
  );
}

function FirstSample({ model, mode, outputs }: TabProps & { outputs: string[] }) {
  const base = useBase();
  const language = DIALECTS[dialectsOf(outputs)[0] ?? "chat"].languages[0];
  if (!language) return null;
  const sample = {
    base,
    slug: model.slug,
    mode,
    by: "suffix",
    stream: false,
    key: KEY,
    text: TEXT,
  };
  return <Code text={language.write(sample as never)} label="curl" />;
}
