import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { modelsQuery, pageQuery, sessionQuery } from "@/api/queries";
import type { ModelList, StatusPage } from "@/api/types";
import { Code } from "@/ui/code";
import { compact, date, perMillion, speed } from "@/ui/format";
import { buttonStyle, Card, Mark, Section, StatusDot, Tile } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

type Row = ModelList["models"][number];

export function Page() {
  useTitle("");
  const base = useQuery(sessionQuery).data?.base_url ?? "";
  return (
    <>
      <div className="grid items-center gap-8 py-4 *:min-w-0 lg:grid-cols-2 lg:py-8">
        <div>
          <h1 className="text-3xl lg:text-4xl">One endpoint in front of every model</h1>
          <p className="mt-3 max-w-lg text-ink-2">
            Change a client's base URL and key, nothing else. Each request goes to the provider that
            suits it, is tried again on the next one when it fails, and is accounted for to the
            nano-dollar.
          </p>
          <div className="mt-5 flex flex-wrap gap-2">
            <Link to="/models" className={buttonStyle("main")}>
              Browse models
            </Link>
            <Link to="/chat" className={buttonStyle()}>
              Chat
            </Link>
            <Link to="/docs" className={buttonStyle()}>
              Read the docs
            </Link>
          </div>
        </div>
        <Code label="example" text={example(base)} />
      </div>
      <Loaded query={useQuery(modelsQuery)}>{(list) => <Catalog list={list} />}</Loaded>
    </>
  );
}

function example(base: string): string {
  return [
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url="${base}", api_key="<your key>")`,
    "answer = client.chat.completions.create(",
    '    model="openai/gpt-4o-mini",',
    '    messages=[{"role": "user", "content": "Say hello."}],',
    ")",
    "print(answer.choices[0].message.content)",
  ].join("\n");
}

function Catalog({ list }: { list: ModelList }) {
  const on = list.models.filter((model) => model.on > 0);
  const used = list.models
    .filter((model) => model.weekly_tokens > 0)
    .sort((a, b) => b.weekly_tokens - a.weekly_tokens);
  const newest = [...list.models]
    .filter((model) => model.created)
    .sort((a, b) => b.created - a.created);
  const tokens = used.reduce((sum, model) => sum + model.weekly_tokens, 0);
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Tile label="Models in the catalog">{list.models.length}</Tile>
        <Tile label="Can be called now">{on.length}</Tile>
        <Tile label="Providers">{list.providers.length}</Tile>
        <Tile label="Tokens, last 7 days">{tokens ? compact(tokens) : "–"}</Tile>
      </dl>
      <div className="mt-8 grid items-start gap-8 *:min-w-0 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Section
          title={used.length ? "Most used this week" : "Newest models"}
          about={
            used.length
              ? "By tokens that went through this installation."
              : "Nothing was asked here yet; ranks come with traffic."
          }
        >
          <Table
            label="Models"
            columns={COLUMNS}
            rows={(used.length ? used : newest).slice(0, 10)}
            rowKey={(row) => row.slug}
          />
        </Section>
        <div>
          <Health />
        </div>
      </div>
    </>
  );
}

const COLUMNS: Column<Row>[] = [
  {
    id: "name",
    head: "Model",
    cell: (r) => (
      <span className="flex items-center gap-2">
        <Mark name={r.author} />
        <Link to={`/${r.slug}` as "/"} className="font-medium hover:text-accent">
          {r.name}
        </Link>
      </span>
    ),
  },
  {
    id: "price",
    head: "In / out per M",
    number: true,
    cell: (r) => `${perMillion(r.price_prompt)} / ${perMillion(r.price_completion)}`,
  },
  { id: "context", head: "Context", number: true, cell: (r) => compact(r.context_length) },
  { id: "speed", head: "Throughput", number: true, cell: (r) => speed(r.throughput_tps) },
  {
    id: "week",
    head: "Tokens, 7 d",
    number: true,
    cell: (r) => (r.weekly_tokens ? compact(r.weekly_tokens) : "–"),
  },
  { id: "date", head: "Released", number: true, cell: (r) => date(r.created || null) },
];

function Health() {
  return (
    <Section title="Providers now" about="Judged by this installation's last attempts.">
      <Card className="p-3.5">
        <Loaded query={useQuery(pageQuery<StatusPage>("/status"))} rows={4}>
          {(status) => {
            const on = status.providers.filter((one) => one.on);
            return (
              <>
                <ul className="space-y-1.5 text-sm">
                  {on.slice(0, 12).map((one) => (
                    <li key={one.slug} className="flex items-center justify-between gap-3">
                      <Link
                        to="/provider/$slug"
                        params={{ slug: one.slug }}
                        className="truncate hover:text-accent"
                      >
                        {one.name}
                      </Link>
                      <StatusDot status={one.status} word />
                    </li>
                  ))}
                </ul>
                <Link to="/status" className="mt-3 block text-sm text-accent">
                  {on.length ? `Status of all ${on.length}` : "No provider key is set yet"}
                </Link>
              </>
            );
          }}
        </Loaded>
      </Card>
    </Section>
  );
}
