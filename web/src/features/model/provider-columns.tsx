/** Columns of the Providers table: what an endpoint costs, takes, measures, and keeps. */

import { ShareBar } from "@/charts/small";
import { context, duration, percent, perMillionNumber, speed } from "@/ui/format";
import { PolicyTags, retentionWords, trainingWords } from "@/ui/policy";
import type { Column } from "@/ui/table";
import { PriceCell, ProviderCell, UptimeCell, uptimeOf } from "./cells";
import { type Mode, otherPrices } from "./model";
import { begun, factOf, type ProviderRow } from "./rows";

export const columnsOf = (mode: Mode): Column<ProviderRow>[] => [
  {
    id: "rank",
    head: "#",
    title: "Place in the order of the chosen mode",
    by: ({ routed }) => routed?.rank ?? null,
    cell: ({ routed }) => routed?.rank ?? "–",
    number: true,
  },
  {
    id: "provider",
    head: "Provider",
    by: ({ endpoint }) => endpoint.provider_name,
    cell: ({ endpoint, routed }) => <ProviderCell endpoint={endpoint} why={!routed} />,
  },
  {
    id: "next",
    head: "Would be taken, and why",
    title: "Share of first tries now; reason for the place",
    by: ({ routed }) => routed?.share ?? null,
    first: "desc",
    cell: ({ routed }) => <Why row={routed} mode={mode} />,
  },
  price("in", "In", "prompt"),
  price("out", "Out", "completion"),
  price("cached", "Cached in", "input_cache_read"),
  {
    id: "ttft",
    head: "TTFT",
    title: "Time to the first token, p50 of the last 30 minutes, else of a day",
    by: ({ endpoint }) => endpoint.ttft_ms?.p50 ?? null,
    cell: ({ endpoint }) => duration(endpoint.ttft_ms?.p50),
    number: true,
  },
  {
    id: "latency",
    head: "Latency",
    title: "Round trip, p50 of the last 30 minutes, else of a day",
    by: ({ endpoint }) => endpoint.latency_ms?.p50 ?? null,
    cell: ({ endpoint }) => duration(endpoint.latency_ms?.p50),
    number: true,
  },
  {
    id: "throughput",
    head: "Throughput",
    title: "Completion tokens a second, p50 of the last 30 minutes, else of a day",
    by: ({ endpoint }) => endpoint.throughput_tps?.p50 ?? null,
    first: "desc",
    cell: ({ endpoint }) => speed(endpoint.throughput_tps?.p50),
    number: true,
  },
  {
    id: "uptime",
    head: "Uptime",
    title: "Attempts that were served, last 30 days",
    by: ({ endpoint }) => uptimeOf(endpoint),
    first: "desc",
    cell: ({ endpoint }) => <UptimeCell endpoint={endpoint} />,
  },
  {
    id: "context",
    head: "Context",
    by: ({ endpoint }) => endpoint.context_length,
    first: "desc",
    cell: ({ endpoint }) => context(endpoint.context_length),
    number: true,
  },
  {
    id: "max",
    head: "Max out",
    by: ({ endpoint }) => endpoint.max_completion_tokens,
    first: "desc",
    cell: ({ endpoint }) => context(endpoint.max_completion_tokens),
    number: true,
  },
  {
    id: "traffic",
    head: "Traffic",
    title: "Share of this model's requests that were served here, last 7 days",
    by: ({ endpoint }) => endpoint.share,
    first: "desc",
    className: "whitespace-nowrap",
    cell: ({ endpoint }) =>
      endpoint.share === null ? (
        "–"
      ) : (
        <ShareBar share={endpoint.share} text={percent(endpoint.share)} />
      ),
  },
  {
    id: "quantization",
    head: "Precision",
    by: ({ endpoint }) => endpoint.quantization,
    cell: ({ endpoint }) => endpoint.quantization ?? "–",
  },
  {
    id: "policy",
    head: "Data policy",
    by: ({ endpoint: { data_policy: policy } }) =>
      `${trainingWords(policy.training)} ${retentionWords(policy)}`,
    cell: ({ endpoint }) => <Policy row={endpoint} />,
  },
  { id: "other", head: "Other prices", cell: ({ endpoint }) => <Others row={endpoint} /> },
  {
    id: "parameters",
    head: "Parameters",
    by: ({ endpoint }) => endpoint.supported_parameters.length,
    first: "desc",
    cell: ({ endpoint }) => <Parameters names={endpoint.supported_parameters} />,
  },
];

function price(
  id: string,
  head: string,
  kind: "prompt" | "completion" | "input_cache_read",
): Column<ProviderRow> {
  return {
    id,
    head,
    title: "USD per million tokens, list price",
    by: ({ endpoint }) => perMillionNumber(endpoint.pricing[kind]),
    cell: ({ endpoint }) => (
      <PriceCell
        rate={endpoint.pricing[kind]}
        tiers={endpoint.price_tiers.flatMap((tier) => {
          const rate = tier[kind];
          return rate ? [{ above: context(tier.above_tokens), rate }] : [];
        })}
      />
    ),
    number: true,
  };
}

function Why({ row, mode }: { row: ProviderRow["routed"]; mode: Mode }) {
  if (!row) return "–";
  const fact = factOf(mode, row);
  return (
    <span className="block w-60 text-xs">
      {row.share === null ? null : <ShareBar share={row.share} text={percent(row.share)} />}
      <span className="block text-ink-2">
        {begun(row.reason)}
        {fact ? `: ${fact}` : ""}
      </span>
    </span>
  );
}

function Policy({ row }: { row: ProviderRow["endpoint"] }) {
  const { url } = row.data_policy;
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <PolicyTags policy={row.data_policy} />
      {url?.startsWith("https://") ? (
        <a href={url} rel="noreferrer" className="text-xs text-accent hover:underline">
          Policy<span className="sr-only"> of {row.provider_name}, leaves this site</span>
        </a>
      ) : null}
    </span>
  );
}

function Others({ row }: { row: ProviderRow["endpoint"] }) {
  const others = otherPrices(row.pricing);
  if (others.length === 0) return "–";
  return (
    <span className="block text-xs whitespace-nowrap">
      {others.map(({ label, price: text }) => (
        <span key={label} className="flex justify-between gap-3">
          <span className="text-ink-2">{label}</span> {text}
        </span>
      ))}
    </span>
  );
}

function Parameters({ names }: { names: string[] }) {
  if (names.length === 0) return "–";
  return (
    <details className="text-xs">
      <summary className="whitespace-nowrap text-accent">{names.length} supported</summary>
      <ul className="mt-1 w-56 columns-2 gap-3 font-mono text-[11px] text-ink-2">
        {names.map((name) => (
          <li key={name} className="break-words">
            {name}
          </li>
        ))}
      </ul>
    </details>
  );
}
