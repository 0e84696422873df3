import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { AppCard, Apps } from "@/api/types";
import { ShareBar } from "@/charts/small";
import { Switch } from "@/ui/choice";
import { compact, count, percent } from "@/ui/format";
import { Mark, PageHead } from "@/ui/parts";
import { oneOf, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

export const RANGES = ["30d", "1w", "1d"] as const;
export const RANGE_OPTIONS = [
  { value: "1d", label: "1 d" },
  { value: "1w", label: "1 w" },
  { value: "30d", label: "30 d" },
] as const;

export function Page() {
  useTitle("Apps");
  const [flat, change] = useFlat();
  const range = oneOf(flat.range, RANGES);
  return (
    <>
      <PageHead
        title="Apps"
        about="Who sends requests here: an app is the origin in HTTP-Referer; its title is the X-Title it gives."
        actions={
          <Switch
            label="Range"
            value={range}
            options={RANGE_OPTIONS}
            onChange={(next) => change({ range: next })}
          />
        }
      />
      <Loaded
        query={useQuery(pageQuery<Apps>("/apps", { range }))}
        isEmpty={(data) => data.apps.length === 0}
        empty={
          <Empty title="No app has named itself">
            Send <code>HTTP-Referer</code> and <code>X-Title</code> with a request and the app is
            counted here.
          </Empty>
        }
      >
        {(data) => (
          <Table label="Apps" columns={COLUMNS} rows={data.apps} rowKey={(row) => row.app} />
        )}
      </Loaded>
    </>
  );
}

const COLUMNS: Column<AppCard>[] = [
  {
    id: "rank",
    head: "#",
    number: true,
    by: (r) => r.rank,
    cell: (r) => r.rank,
    className: "w-10",
  },
  {
    id: "app",
    head: "App",
    by: (r) => r.title || r.app,
    cell: (r) => (
      <span className="flex items-center gap-2.5">
        <Mark name={r.title || r.app} size={24} />
        <span>
          <Link
            to="/app"
            search={{ app: r.app } as never}
            className="block font-medium hover:text-accent"
          >
            {r.title || r.app}
          </Link>
          <span className="text-xs text-ink-3">{r.app}</span>
        </span>
      </span>
    ),
  },
  {
    id: "tokens",
    head: "Tokens",
    number: true,
    first: "desc",
    by: (r) => r.tokens,
    cell: (r) => compact(r.tokens),
  },
  {
    id: "requests",
    head: "Requests",
    number: true,
    first: "desc",
    by: (r) => r.requests,
    cell: (r) => count(r.requests),
  },
  {
    id: "models",
    head: "Models",
    number: true,
    first: "desc",
    by: (r) => r.models,
    cell: (r) => r.models,
  },
  {
    id: "share",
    head: "Share of tokens",
    first: "desc",
    by: (r) => r.share,
    cell: (r) => <ShareBar share={r.share} text={percent(r.share)} />,
  },
];
