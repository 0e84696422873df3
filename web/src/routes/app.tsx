import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { AppPage } from "@/api/types";
import { TokensByModel } from "@/features/usage/tokens-by-model";
import { Switch } from "@/ui/choice";
import { compact, count } from "@/ui/format";
import { Mark, PageHead, Section, Tile } from "@/ui/parts";
import { oneOf, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { RANGE_OPTIONS, RANGES } from "./apps";

export function Page() {
  const [flat, change] = useFlat();
  const app = flat.app ?? "";
  const range = oneOf(flat.range, RANGES);
  const query = useQuery(pageQuery<AppPage>("/app", { app, range }));
  const title = query.data?.title || app;
  useTitle(title);
  return (
    <>
      <PageHead
        title={title}
        about={app}
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
        query={query}
        isEmpty={(data) => data.requests === 0}
        empty={
          <Empty title="Nothing in this range">The app sent no requests that were served.</Empty>
        }
      >
        {(data) => <Facts data={data} />}
      </Loaded>
    </>
  );
}

function Facts({ data }: { data: AppPage }) {
  return (
    <>
      <dl className="mb-6 grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Tile label="Tokens">{compact(data.tokens)}</Tile>
        <Tile label="Requests">{count(data.requests)}</Tile>
        <Tile label="Prompt / completion">
          {compact(data.prompt)} / {compact(data.completion)}
        </Tile>
        <Tile label="Rank among apps">{data.rank === null ? "–" : `#${data.rank}`}</Tile>
      </dl>
      <TokensByModel
        days={data.days}
        names={new Map(data.models.map((model) => [model.slug, model.name]))}
      />
      <Section title="Models" about="Which models the app sends its tokens to.">
        <Table
          label="Models of this app"
          columns={COLUMNS}
          rows={data.models}
          rowKey={(row) => row.slug}
          initial={{ id: "tokens", desc: true }}
        />
      </Section>
    </>
  );
}

const COLUMNS: Column<AppPage["models"][number]>[] = [
  {
    id: "model",
    head: "Model",
    by: (r) => r.name,
    cell: (r) => (
      <span className="flex items-center gap-2">
        <Mark name={r.slug} />
        <Link to={`/${r.slug}` as "/"} className="font-medium hover:text-accent">
          {r.name}
        </Link>
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
];
