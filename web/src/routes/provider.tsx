import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { Endpoint, ProviderPage } from "@/api/types";
import { UptimeBar } from "@/charts/small";
import { TokensByModel } from "@/features/usage/tokens-by-model";
import { compact, duration, percentOf, perMillion, perMillionNumber, speed } from "@/ui/format";
import { Card, PageHead, Section, StatusDot, Tag, Tile } from "@/ui/parts";
import { PolicyTags } from "@/ui/policy";
import { useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

export function Page() {
  const { slug = "" } = useParams({ strict: false });
  const query = useQuery(pageQuery<ProviderPage>(`/providers/${slug}`));
  useTitle(query.data?.name ?? slug);
  return <Loaded query={query}>{(data) => <Facts data={data} />}</Loaded>;
}

function Facts({ data }: { data: ProviderPage }) {
  const links = [
    ["Status page", data.status_page_url],
    ["Privacy policy", data.privacy_policy_url],
    ["Terms", data.terms_of_service_url],
  ].filter((link): link is [string, string] => Boolean(link[1]));
  return (
    <>
      <PageHead
        title={data.name}
        about={
          <span className="flex flex-wrap items-center gap-2">
            <code className="font-mono text-sm">{data.slug}</code>
            {data.on ? (
              <StatusDot status={data.status} word />
            ) : (
              <Tag>Off{data.off_reason ? `: ${data.off_reason}` : ""}</Tag>
            )}
            <PolicyTags policy={data.data_policy} />
          </span>
        }
        actions={links.map(([label, url]) => (
          <a
            key={label}
            href={url}
            target="_blank"
            rel="noreferrer noopener"
            className="text-sm text-accent underline underline-offset-2"
          >
            {label}
          </a>
        ))}
      />
      <dl className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-5">
        <Tile label="Models in the catalog">{data.models}</Tile>
        <Tile label="Tokens here, 30 d">{data.tokens_30d ? compact(data.tokens_30d) : "–"}</Tile>
        <Tile label="Uptime, 1 d">{percentOf(data.uptime_1d)}</Tile>
        <Tile label="Uptime, 30 d">{percentOf(data.uptime_30d)}</Tile>
        <Tile
          label="Based in"
          note={data.datacenters.length ? `Serves from ${data.datacenters.join(", ")}` : undefined}
        >
          {data.headquarters ?? "–"}
        </Tile>
      </dl>
      <Section
        title="Uptime"
        about="Share of this installation's attempts that the provider did not fail, by day; 90 days."
      >
        <Card className="p-3.5">
          <UptimeBar wide days={data.uptime_days} label={`Uptime of ${data.name}`} />
        </Card>
      </Section>
      <Section
        title="Tokens"
        about="Prompt and completion tokens that this provider served here, by model."
      >
        {data.days.length ? (
          <TokensByModel
            days={data.days}
            names={new Map(data.endpoints.map((e) => [e.model, e.model_name]))}
          />
        ) : (
          <Empty title="No traffic yet">
            The chart fills with the requests that this provider serves.
          </Empty>
        )}
      </Section>
      <Section
        title="Models"
        about="Prices are USD for a million tokens; speed is the median of the last 30 minutes or, without traffic, of the last day."
      >
        <Table
          label={`Models at ${data.name}`}
          columns={COLUMNS}
          rows={data.endpoints}
          rowKey={(row) => `${row.model} ${row.tag}`}
          initial={{ id: "model", desc: false }}
        />
      </Section>
    </>
  );
}

const COLUMNS: Column<Endpoint>[] = [
  {
    id: "model",
    head: "Model",
    by: (r) => r.model_name,
    cell: (r) => (
      <span>
        <Link to={`/${r.model}` as "/"} className="block font-medium hover:text-accent">
          {r.model_name}
        </Link>
        <span className="text-xs text-ink-3">{r.tag}</span>
      </span>
    ),
  },
  {
    id: "context",
    head: "Context",
    number: true,
    first: "desc",
    by: (r) => r.context_length,
    cell: (r) => compact(r.context_length),
  },
  {
    id: "out",
    head: "Max output",
    number: true,
    first: "desc",
    by: (r) => r.max_completion_tokens,
    cell: (r) => compact(r.max_completion_tokens),
  },
  {
    id: "prompt",
    head: "In / M",
    number: true,
    by: (r) => perMillionNumber(r.pricing.prompt),
    cell: (r) => perMillion(r.pricing.prompt),
  },
  {
    id: "completion",
    head: "Out / M",
    number: true,
    by: (r) => perMillionNumber(r.pricing.completion),
    cell: (r) => perMillion(r.pricing.completion),
  },
  {
    id: "quant",
    head: "Quantization",
    by: (r) => r.quantization,
    cell: (r) => r.quantization ?? "–",
  },
  {
    id: "ttft",
    head: "TTFT",
    number: true,
    by: (r) => r.ttft_ms?.p50 ?? null,
    cell: (r) => duration(r.ttft_ms?.p50),
  },
  {
    id: "speed",
    head: "Throughput",
    number: true,
    first: "desc",
    by: (r) => r.throughput_tps?.p50 ?? null,
    cell: (r) => speed(r.throughput_tps?.p50),
  },
  {
    id: "uptime",
    head: "Uptime, 1 d",
    number: true,
    first: "desc",
    by: (r) => r.uptime.last_1d,
    cell: (r) => percentOf(r.uptime.last_1d),
  },
];
