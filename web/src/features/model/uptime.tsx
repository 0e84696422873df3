import { useQuery } from "@tanstack/react-query";
import type { DayUptime } from "@/api/types";
import type { Point } from "@/charts/figure";
import { LineChart } from "@/charts/line";
import { UptimeBar } from "@/charts/small";
import { Switch } from "@/ui/choice";
import { clock, count, percentOf, shortDate } from "@/ui/format";
import { Card, Section } from "@/ui/parts";
import { oneOf, useFlat } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { NameCell } from "./cells";
import { mean } from "./model";
import { uptimeQuery } from "./queries";
import { floorOf } from "./series";
import type { Both, EndpointUptime, Uptime } from "./types";
import type { TabProps } from "./view";

const BOTH = [
  { id: "with", name: "With routing" },
  { id: "without", name: "Without routing" },
];

export function UptimeTab({ model }: TabProps) {
  const query = useQuery(uptimeQuery(model.slug));
  return (
    <Section
      title="Uptime"
      about="Percent of requests that succeeded. With routing: a request that one provider fails and the next one answers has succeeded. Without: the providers' own uptimes, each weighed by its attempts."
    >
      <Loaded
        query={query}
        rows={8}
        isEmpty={(data) => data.days.every((day) => day.with_routing === null)}
        empty={
          <Empty title="No request in the last 30 days">
            Uptime is measured on real traffic: it starts with the first request to this model.
          </Empty>
        }
      >
        {(data) => <Charts data={data} />}
      </Loaded>
    </Section>
  );
}

function Charts({ data }: { data: Uptime }) {
  const days = data.days.map((day) => ({ at: day.day, values: valuesOf(day) }));
  const hours = data.hours.map((hour) => ({ at: hour.at, values: valuesOf(hour) }));
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <BothChart label="Last 30 days, by day" points={days} formatAt={shortDate} />
      <BothChart
        label="Last 72 hours, by hour"
        points={hours}
        formatAt={(at) => clock(Number(at))}
      />
      <div className="lg:col-span-2">
        <Providers providers={data.providers} />
      </div>
    </div>
  );
}

const valuesOf = (both: Both) => ({ with: both.with_routing, without: both.without_routing });

function BothChart({
  label,
  points,
  formatAt,
}: {
  label: string;
  points: Point[];
  formatAt: (at: number | string) => string;
}) {
  const of = (id: string) => mean(points.map((point) => point.values[id] ?? null));
  return (
    <LineChart
      label={label}
      summary={
        of("with") === null
          ? "No request in this time."
          : `On average ${percentOf(of("with"))} with routing, ${percentOf(of("without"))} without.`
      }
      series={BOTH}
      points={points}
      format={(value) => percentOf(value)}
      formatAt={formatAt}
      floor={floorOf(points)}
      ceiling={100}
    />
  );
}

const SPANS = ["30d", "72h"] as const;

function Providers({ providers }: { providers: EndpointUptime[] }) {
  const [flat, change] = useFlat();
  const span = oneOf(flat.span, SPANS);
  const known = providers.filter(({ days }) => days.some((day) => day.uptime !== null));
  return (
    <Card className="px-3.5 py-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3>By provider, {span === "30d" ? "last 30 days" : "last 72 hours"}</h3>
        <Switch
          label="Span"
          value={span}
          options={[
            { value: "30d", label: "30 days" },
            { value: "72h", label: "72 hours" },
          ]}
          onChange={(next) => change({ span: next === "30d" ? undefined : next })}
        />
      </div>
      <ul className="mt-1 divide-y divide-line">
        {known.map((provider) => (
          <ProviderLine
            key={provider.tag}
            provider={provider}
            bars={span === "30d" ? provider.days : hoursOf(provider)}
          />
        ))}
      </ul>
      {known.length < providers.length ? (
        <p className="border-t border-line py-2 text-xs text-ink-3">
          {count(providers.length - known.length)} more had no attempt in 30 days.
        </p>
      ) : null}
    </Card>
  );
}

function hoursOf(provider: EndpointUptime): DayUptime[] {
  return provider.hours.map(({ at, uptime }) => ({
    day: new Date(at * 1000).toISOString(),
    uptime,
  }));
}

function ProviderLine({ provider, bars }: { provider: EndpointUptime; bars: DayUptime[] }) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 py-2 text-sm sm:grid-cols-[12rem_minmax(0,1fr)_5.5rem]">
      <NameCell name={provider.name} tag={provider.tag} />
      <span className="max-sm:order-last max-sm:col-span-2">
        <UptimeBar days={bars} label={`Uptime of ${provider.name}`} wide />
      </span>
      <span className="text-right font-medium">
        {percentOf(mean(bars.map((bar) => bar.uptime)))}
      </span>
    </li>
  );
}
