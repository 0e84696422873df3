import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Endpoint, Model } from "@/api/types";
import { LineChart } from "@/charts/line";
import { ShareBar } from "@/charts/small";
import {
  compact,
  context,
  date,
  money,
  percent,
  perMillion,
  perMillionNumber,
  shortDate,
} from "@/ui/format";
import { Section, Tile } from "@/ui/parts";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { Calculator } from "./calculator";
import { PriceCell, ProviderCell } from "./cells";
import { headPrice, otherPrices, pricePair } from "./model";
import { pricingQuery } from "./queries";
import { busiest, dayPoints, priceSeries, summaryOf } from "./series";
import { useShown } from "./shown";
import type { DayPrice, EndpointPrice, Pricing } from "./types";
import type { TabProps } from "./view";

export function PricingTab({ model }: TabProps) {
  const query = useQuery(pricingQuery(model.slug));
  const prices = query.data?.providers;
  return (
    <>
      <Section
        title="List and effective price"
        about="The list price is what a provider publishes; the effective price is what was charged here in the last 30 days for all prompt tokens, cached ones included, and for all completion tokens."
      >
        <Loaded query={query} rows={2}>
          {(data) => <Tiles model={model} pricing={data} />}
        </Loaded>
        <div className="mt-3">
          <ListPrices endpoints={model.endpoints} prices={prices} />
        </div>
      </Section>
      <Section
        title="Effective price by day"
        about="What a million tokens cost on each of the last 30 days, and the share of prompt tokens that was read from a cache."
      >
        <Loaded
          query={query}
          isEmpty={(data) => data.days.length === 0}
          empty={
            <Empty title="No tokens were paid for in the last 30 days">
              The effective price comes with traffic; until then the list price is all that is
              known.
            </Empty>
          }
        >
          {(data) => <Days pricing={data} />}
        </Loaded>
      </Section>
      <Section
        title="Calculator"
        about="List prices for a load of your own; prompt tokens that a provider reads from its cache cost its cache rate where it has one."
      >
        <Calculator endpoints={model.endpoints} />
      </Section>
    </>
  );
}

function Tiles({ model, pricing: { effective } }: { model: Model; pricing: Pricing }) {
  const list = headPrice(model);
  return (
    <dl className="grid gap-2.5 sm:grid-cols-2 lg:grid-cols-4">
      <Tile label="List price" note="Prompt / completion, per 1M">
        {pricePair(list.prompt, list.completion)}
      </Tile>
      <Tile label="Effective price" note="Prompt / completion, per 1M">
        {pricePair(effective.prompt, effective.completion)}
      </Tile>
      <Tile label="Cache-hit rate" note="Of prompt tokens">
        {percent(effective.cache_hit_rate)}
      </Tile>
      <Tile label="Tokens" note="Last 30 days">
        {compact(effective.tokens)}
      </Tile>
    </dl>
  );
}

interface Row {
  endpoint: Endpoint;
  measured: EndpointPrice | undefined;
}

function ListPrices({
  endpoints,
  prices,
}: {
  endpoints: Endpoint[];
  prices: EndpointPrice[] | undefined;
}) {
  const { shown, toggle } = useShown(endpoints);
  const rows = shown.map((endpoint) => ({
    endpoint,
    measured: prices?.find((one) => one.tag === endpoint.tag),
  }));
  return (
    <>
      <Table
        label="Prices by provider, USD per million tokens"
        columns={PRICE_COLUMNS}
        rows={rows}
        rowKey={(row) => row.endpoint.tag}
        dim={(row) => !row.endpoint.on}
      />
      <div className="mt-2 flex flex-wrap items-center justify-between gap-3 text-xs text-ink-3">
        <p>USD per million tokens, where no other unit is named.</p>
        {toggle}
      </div>
    </>
  );
}

const PRICE_COLUMNS: Column<Row>[] = [
  {
    id: "provider",
    head: "Provider",
    by: (row) => row.endpoint.provider_name,
    cell: (row) => <ProviderCell endpoint={row.endpoint} />,
  },
  list("in", "In", "prompt"),
  list("out", "Out", "completion"),
  list("read", "Cache read", "input_cache_read"),
  list("write", "Cache write", "input_cache_write"),
  {
    id: "other",
    head: "Other",
    cell: (row) =>
      otherPrices(row.endpoint.pricing)
        .filter(({ label }) => label !== "Cache write")
        .map(({ label, price }) => (
          <span key={label} className="block text-xs whitespace-nowrap">
            <span className="text-ink-2">{label}</span> {price}
          </span>
        )),
  },
  effective("effective-in", "Effective in", "prompt"),
  effective("effective-out", "Effective out", "completion"),
  {
    id: "hits",
    head: "Cache hits",
    first: "desc",
    className: "whitespace-nowrap",
    by: (row) => row.measured?.cache_hit_rate ?? null,
    cell: ({ measured }) =>
      measured && measured.cache_hit_rate !== null ? (
        <ShareBar share={measured.cache_hit_rate} text={percent(measured.cache_hit_rate)} />
      ) : (
        "–"
      ),
  },
  {
    id: "as-of",
    head: "Stated",
    cell: ({ endpoint }) => (
      <span className={endpoint.unpriced ? "block w-44 text-xs" : "text-xs whitespace-nowrap"}>
        {endpoint.unpriced ?? date(endpoint.price_as_of)}
        {endpoint.price_source?.startsWith("https://") ? (
          <a
            href={endpoint.price_source}
            rel="noreferrer"
            className="ml-1.5 text-accent hover:underline"
          >
            Source<span className="sr-only"> of {endpoint.provider_name}, leaves this site</span>
          </a>
        ) : null}
      </span>
    ),
  },
];

type Kind = "prompt" | "completion" | "input_cache_read" | "input_cache_write";

function list(id: string, head: string, kind: Kind): Column<Row> {
  return {
    id,
    head,
    number: true,
    by: (row) => perMillionNumber(row.endpoint.pricing[kind]),
    cell: ({ endpoint }) => (
      <PriceCell
        rate={endpoint.pricing[kind]}
        tiers={endpoint.price_tiers.flatMap((tier) => {
          const rate = tier[kind];
          return rate ? [{ above: context(tier.above_tokens), rate }] : [];
        })}
      />
    ),
  };
}

function effective(id: string, head: string, kind: "prompt" | "completion"): Column<Row> {
  return {
    id,
    head,
    number: true,
    title: "What was charged for all tokens of the last 30 days, per million",
    by: (row) => perMillionNumber(row.measured?.[kind]),
    cell: (row) => perMillion(row.measured?.[kind]),
  };
}

function Days({ pricing: { days, providers } }: { pricing: Pricing }) {
  const used = useMemo(
    () =>
      busiest(
        providers,
        providers.map(({ tag, tokens }) => ({ tag, weight: tokens })),
      ),
    [providers],
  );
  const series = priceSeries(used);
  const chart = (
    label: string,
    best: "high" | "low",
    format: (value: number) => string,
    value: (day: DayPrice) => number | null,
  ) => {
    const points = dayPoints(days, value);
    const rows = days.map((day) => ({ id: day.tag, value: value(day), weight: day.tokens }));
    const summary = summaryOf(series.slice(1), rows, best, format);
    return <LineChart {...{ label, summary, series, points, format }} formatAt={shortDate} />;
  };
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <div className="lg:col-span-2">
        {chart("Effective prompt price, per 1M", "low", money, (day) =>
          perMillionNumber(day.prompt),
        )}
      </div>
      {chart("Effective completion price, per 1M", "low", money, (day) =>
        perMillionNumber(day.completion),
      )}
      {chart("Cache-hit rate", "high", percent, (day) => day.cache_hit_rate)}
    </div>
  );
}
