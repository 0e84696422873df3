import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { ProviderCard, Providers } from "@/api/types";
import { SearchField, Switch } from "@/ui/choice";
import { compact, percentOf } from "@/ui/format";
import { Mark, PageHead, StatusDot, Tag } from "@/ui/parts";
import { PolicyTags } from "@/ui/policy";
import { oneOf, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

const SHOWN = ["all", "on"] as const;

export function Page() {
  useTitle("Providers");
  const [flat, change] = useFlat();
  const shown = oneOf(flat.show, SHOWN);
  const words = (flat.q ?? "").toLowerCase();
  return (
    <>
      <PageHead
        title="Providers"
        about="Companies that host models, and your own servers: what they keep, where they are, and how they did here."
        actions={
          <>
            <SearchField
              label="Search providers"
              defaultValue={flat.q}
              onChange={(event) => change({ q: event.target.value })}
            />
            <Switch
              label="Show"
              value={shown}
              options={[
                { value: "all", label: "All" },
                { value: "on", label: "On" },
              ]}
              onChange={(show) => change({ show: show === "all" ? undefined : show })}
            />
          </>
        }
      />
      <Loaded query={useQuery(pageQuery<Providers>("/providers"))} rows={12}>
        {(data) => {
          const rows = data.providers.filter(
            (one) =>
              (shown === "all" || one.on) &&
              `${one.name} ${one.slug}`.toLowerCase().includes(words),
          );
          return rows.length ? (
            <Table
              label="Providers"
              columns={COLUMNS}
              rows={rows}
              rowKey={(row) => row.slug}
              dim={(row) => !row.on}
              initial={{ id: "tokens", desc: true }}
            />
          ) : (
            <Empty title="No provider is like that">
              {shown === "on"
                ? "None is on: set a provider's key in the environment or in turnout.toml."
                : "Search for another name."}
            </Empty>
          );
        }}
      </Loaded>
    </>
  );
}

const COLUMNS: Column<ProviderCard>[] = [
  {
    id: "name",
    head: "Provider",
    by: (r) => r.name.toLowerCase(),
    cell: (r) => (
      <span className="flex items-center gap-2.5">
        <Mark name={r.name} size={24} />
        <span>
          <Link
            to="/provider/$slug"
            params={{ slug: r.slug }}
            className="block font-medium whitespace-nowrap text-ink hover:text-accent"
          >
            {r.name}
          </Link>
          <span className="text-xs text-ink-3">{r.slug}</span>
        </span>
      </span>
    ),
  },
  {
    id: "on",
    head: "State",
    by: (r) => (r.on ? 0 : 1),
    cell: (r) =>
      r.on ? <StatusDot status={r.status} word /> : <Tag title={r.off_reason ?? "off"}>Off</Tag>,
  },
  {
    id: "models",
    head: "Models",
    number: true,
    first: "desc",
    by: (r) => r.models,
    cell: (r) => r.models,
  },
  { id: "policy", head: "Data policy", cell: (r) => <PolicyTags policy={r.data_policy} /> },
  { id: "hq", head: "Based in", by: (r) => r.headquarters, cell: (r) => r.headquarters ?? "–" },
  {
    id: "day",
    head: "Uptime, 1 d",
    number: true,
    first: "desc",
    by: (r) => r.uptime_1d,
    cell: (r) => percentOf(r.uptime_1d),
  },
  {
    id: "month",
    head: "Uptime, 30 d",
    number: true,
    first: "desc",
    by: (r) => r.uptime_30d,
    cell: (r) => percentOf(r.uptime_30d),
  },
  {
    id: "tokens",
    head: "Tokens, 30 d",
    number: true,
    first: "desc",
    by: (r) => r.tokens_30d,
    cell: (r) => (r.tokens_30d ? compact(r.tokens_30d) : "–"),
  },
];
