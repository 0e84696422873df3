import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ShareBar } from "@/charts/small";
import { Switch } from "@/ui/choice";
import { compact, count, percent } from "@/ui/format";
import { Mark, Section } from "@/ui/parts";
import { oneOf, useFlat } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { APP_RANGES, appsQuery } from "./queries";
import type { ModelApp } from "./types";
import type { TabProps } from "./view";

export function Apps({ model }: TabProps) {
  const [flat, change] = useFlat();
  const range = oneOf(flat.range, APP_RANGES);
  const query = useQuery(appsQuery(model.slug, range));
  return (
    <Section
      title="Apps"
      about="The apps that sent the most tokens to this model, by the name and address they give in X-Title and HTTP-Referer."
      actions={
        <Switch
          label="Range"
          value={range}
          options={(["1d", "1w", "30d"] as const).map((value) => ({ value, label: value }))}
          onChange={(next) => change({ range: next === "30d" ? undefined : next })}
        />
      }
    >
      <Loaded
        query={query}
        isEmpty={(data) => data.apps.length === 0}
        empty={
          <Empty title="No app has named itself yet">
            A client that sends the headers <code>HTTP-Referer</code> and <code>X-Title</code> with
            its requests is listed here with its tokens.
          </Empty>
        }
      >
        {(data) => (
          <Table
            label={`Apps that use ${model.name}`}
            columns={COLUMNS}
            rows={data.apps}
            rowKey={(row) => row.app}
            initial={{ id: "tokens", desc: true }}
          />
        )}
      </Loaded>
    </Section>
  );
}

export function AppName({ app }: { app: ModelApp }) {
  return (
    <span className="flex items-center gap-2.5 whitespace-nowrap">
      <Mark name={app.title} size={22} />
      <Link to="/app" search={{ app: app.app }} className="font-medium hover:underline">
        {app.title}
      </Link>
    </span>
  );
}

const COLUMNS: Column<ModelApp>[] = [
  {
    id: "app",
    head: "App",
    by: (row) => row.title,
    cell: (row) => <AppName app={row} />,
  },
  {
    id: "share",
    head: "Share of tokens",
    first: "desc",
    by: (row) => row.share,
    cell: (row) => <ShareBar share={row.share} text={percent(row.share)} />,
  },
  {
    id: "tokens",
    head: "Tokens",
    first: "desc",
    by: (row) => row.tokens,
    cell: (row) => <span title={count(row.tokens)}>{compact(row.tokens)}</span>,
    number: true,
  },
  {
    id: "requests",
    head: "Requests",
    first: "desc",
    by: (row) => row.requests,
    cell: (row) => count(row.requests),
    number: true,
  },
];
