import { useQuery } from "@tanstack/react-query";
import { LineChart } from "@/charts/line";
import { Select, Switch } from "@/ui/choice";
import { clock, compact, duration, percent, shortDate, speed } from "@/ui/format";
import { Section } from "@/ui/parts";
import { oneOf, useFlat } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { PercentilesNow } from "./percentiles";
import { performanceQuery, RANGES, type Range } from "./queries";
import {
  busiest,
  type Measure,
  MOST,
  measured,
  PERCENTILES,
  type Percentile,
  pointsOf,
  seriesOf,
  summaryOf,
} from "./series";
import type { Performance, PerformancePoint, Tagged } from "./types";
import type { TabProps } from "./view";

const RANGE_WORDS: Record<Range, string> = {
  "1h": "1 hour",
  "1d": "1 day",
  "1w": "1 week",
  "30d": "30 days",
};

export function PerformanceTab({ model }: TabProps) {
  const [flat, change] = useFlat();
  const range = oneOf(flat.range, RANGES);
  const percentile = oneOf(flat.p, PERCENTILES);
  const query = useQuery(performanceQuery(model.slug, range));
  return (
    <>
      <Section
        title="Speed by provider"
        about="What attempts through this gateway took, measured at each provider: throughput is completion tokens a second, TTFT the wait for the first token, latency the whole round trip."
        actions={
          <>
            <ProviderSelect data={query.data} />
            <Switch
              label="Percentile"
              value={percentile}
              options={PERCENTILES.map((value) => ({ value, label: value }))}
              onChange={(p) => change({ p: p === "p50" ? undefined : p })}
            />
            <Switch
              label="Range"
              value={range}
              options={(["1h", "1d", "1w", "30d"] as const).map((value) => ({
                value,
                label: value,
                title: RANGE_WORDS[value],
              }))}
              onChange={(next) => change({ range: next === "1w" ? undefined : next })}
            />
          </>
        }
      >
        <Loaded
          query={query}
          rows={9}
          isEmpty={(data) => data.points.length === 0}
          empty={
            <Empty title={`Nothing was measured in the last ${RANGE_WORDS[range]}`}>
              Speed comes with traffic: every request that this gateway sends to a provider is
              timed.
            </Empty>
          }
        >
          {(data) => (
            <Charts data={narrowed(data, flat.only)} percentile={percentile} range={range} />
          )}
        </Loaded>
      </Section>
      <PercentilesNow endpoints={model.endpoints} />
    </>
  );
}

function Charts({
  data,
  percentile,
  range,
}: {
  data: Performance;
  percentile: Percentile;
  range: Range;
}) {
  const formatAt = range === "30d" ? shortDate : (at: number | string) => clock(Number(at));
  const chart = (
    label: string,
    best: "high" | "low",
    format: (value: number) => string,
    value: (point: PerformancePoint) => number | null,
    axis = format,
  ) => <Chart {...{ data, label, best, format, axis, formatAt, value }} />;
  const of = (measure: Measure) => measured(measure, percentile);
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <div className="lg:col-span-2">
        {chart(`Throughput in tok/s, ${percentile}`, "high", speed, of("throughput_tps"), compact)}
      </div>
      {chart(`TTFT, ${percentile}`, "low", duration, of("ttft_ms"))}
      {chart(`Latency, ${percentile}`, "low", duration, of("latency_ms"))}
      {chart("Tool-call errors", "low", percent, (point) => point.tool_error_rate)}
      {chart("Structured-output errors", "low", percent, (point) => point.structured_error_rate)}
      <p className="text-xs text-ink-3 lg:col-span-2">
        Tool-call errors: of the answers with tool calls, those in which a call was not valid.
        Structured-output errors: of the answers to requests for JSON, those that were not the JSON
        asked for. A gap is a time without attempts. A throughput's p99 is its fast end.
        {data.providers.length > MOST
          ? ` Shown are the ${MOST} of ${data.providers.length} providers with the most requests.`
          : ""}
      </p>
    </div>
  );
}

function Chart({
  data,
  label,
  best,
  format,
  axis,
  formatAt,
  value,
}: {
  data: Performance;
  label: string;
  best: "high" | "low";
  /** In the summary; `axis` on the chart, where the unit stands in the label. */
  format: (value: number) => string;
  axis: (value: number) => string;
  formatAt: (at: number | string) => string;
  value: (point: PerformancePoint) => number | null;
}) {
  const rows = data.points.map((point) => ({
    id: point.tag,
    value: value(point),
    weight: point.requests,
  }));
  const series = seriesOf(shown(data)).filter(({ id }) =>
    rows.some((row) => row.id === id && row.value !== null),
  );
  if (series.length === 0)
    return (
      <figure className="rounded-lg border border-line bg-surface p-3.5" aria-label={label}>
        <h3>{label}</h3>
        <p className="text-xs text-ink-2">No answer of this kind in this time.</p>
      </figure>
    );
  const summary = summaryOf(series, rows, best, format);
  const points = pointsOf(data, value);
  return <LineChart {...{ label, summary, series, points, formatAt }} format={axis} />;
}

/** The providers with the most requests, as many as a chart can show. */
function shown(data: Performance): Tagged[] {
  const weights = data.points.map(({ tag, requests }) => ({ tag, weight: requests }));
  return busiest(data.providers, weights).slice(0, MOST);
}

/** One provider alone, where many lines cross. */
function ProviderSelect({ data }: { data: Performance | undefined }) {
  const [flat, change] = useFlat();
  const providers = data?.providers ?? [];
  if (providers.length < 2) return null;
  return (
    <Select
      label="Provider"
      value={flat.only ?? ""}
      options={[
        { value: "", label: "All providers" },
        ...seriesOf(providers, providers.length).map(({ id, name }) => ({
          value: id,
          label: name,
        })),
      ]}
      onChange={(only) => change({ only })}
    />
  );
}

/** What is left of an answer when one provider is looked at; all of it without one. */
function narrowed(data: Performance, only: string | undefined): Performance {
  const providers = data.providers.filter(({ tag }) => tag === only);
  if (providers.length === 0) return data;
  return { ...data, providers, points: data.points.filter(({ tag }) => tag === only) };
}
