import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { RankedApp, RankedModel, Rankings } from "@/api/types";
import { BarChart } from "@/charts/bars";
import { ShareBar } from "@/charts/small";
import { Change } from "@/features/usage/change";
import { pointsOf, seriesOf } from "@/features/usage/series";
import { Switch } from "@/ui/choice";
import { compact, count, percent, shortDate } from "@/ui/format";
import { Mark, PageHead, Section } from "@/ui/parts";
import { oneOf, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

const VIEWS = ["week", "day", "month"] as const;
const SPAN = { day: "today and yesterday", week: "the last 7 days", month: "the last 30 days" };

export function Page() {
  useTitle("Rankings");
  const [flat, change] = useFlat();
  const view = oneOf(flat.view, VIEWS);
  return (
    <>
      <PageHead
        title="Rankings"
        about="Models and apps by the tokens that went through this installation, prompt and completion."
        actions={
          <Switch
            label="Span"
            value={view}
            options={[
              { value: "day", label: "Day" },
              { value: "week", label: "Week" },
              { value: "month", label: "Month" },
            ]}
            onChange={(next) => change({ view: next === "week" ? undefined : next })}
          />
        }
      />
      <Loaded
        query={useQuery(pageQuery<Rankings>("/rankings", { view }))}
        isEmpty={(data) => data.models.length === 0}
        empty={
          <Empty title="No traffic yet">
            Rankings are made from requests that were served here. Send one and it shows up within a
            minute.
          </Empty>
        }
      >
        {(data) => <Board data={data} span={SPAN[view]} />}
      </Loaded>
    </>
  );
}

function Board({ data, span }: { data: Rankings; span: string }) {
  const names = new Map(data.models.map((model) => [model.slug, model.name]));
  const authors = new Map(data.authors.map((author) => [author.author, author.name]));
  const series = seriesOf(
    data.series,
    (r) => r.slug,
    (r) => r.tokens,
    (id) => names.get(id) ?? id,
  );
  const byAuthor = seriesOf(
    data.author_series,
    (r) => r.author,
    (r) => r.tokens,
    (id) => authors.get(id) ?? id,
  );
  const [top] = data.models;
  const [first] = data.authors;
  return (
    <>
      <div className="grid gap-4 xl:grid-cols-2">
        <BarChart
          label="Tokens by model"
          summary={`${compact(data.tokens)} tokens over ${span}; the most went to ${top?.name} (${percent(top?.share)}).`}
          series={series}
          points={pointsOf(
            data.series,
            (r) => r.day,
            (r) => r.slug,
            (r) => r.tokens,
            series,
          )}
          format={compact}
          formatAt={shortDate}
          height={240}
        />
        <BarChart
          whole
          label="Market share by author"
          summary={`Share of each day's tokens; ${first?.name} has ${percent(first?.share)} over ${span}.`}
          series={byAuthor}
          points={pointsOf(
            data.author_series,
            (r) => r.day,
            (r) => r.author,
            (r) => r.tokens,
            byAuthor,
          )}
          format={compact}
          formatAt={shortDate}
          height={240}
        />
      </div>
      <Section
        title="Models"
        about={`By tokens over ${span}; the change is against the same span before.`}
      >
        <Table
          label="Models by tokens"
          columns={MODELS}
          rows={data.models}
          rowKey={(row) => row.slug}
        />
      </Section>
      <Section
        title="Apps"
        about="An app is the origin that requests name in HTTP-Referer, with the X-Title they give."
      >
        {data.apps.length ? (
          <Table label="Apps by tokens" columns={APPS} rows={data.apps} rowKey={(row) => row.app} />
        ) : (
          <Empty title="No app has named itself">
            Requests with an HTTP-Referer header are counted by app.
          </Empty>
        )}
      </Section>
    </>
  );
}

const MODELS: Column<RankedModel>[] = [
  {
    id: "rank",
    head: "#",
    number: true,
    by: (r) => r.rank,
    cell: (r) => r.rank,
    className: "w-10",
  },
  {
    id: "name",
    head: "Model",
    by: (r) => r.name,
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
    id: "share",
    head: "Share",
    by: (r) => r.share,
    first: "desc",
    cell: (r) => <ShareBar share={r.share} text={percent(r.share)} />,
  },
  {
    id: "change",
    head: "Change",
    number: true,
    first: "desc",
    by: (r) => r.change,
    cell: (r) => <Change of={r.change} />,
  },
];

const APPS: Column<RankedApp>[] = [
  {
    id: "rank",
    head: "#",
    number: true,
    by: (r) => r.rank,
    cell: (r) => r.rank,
    className: "w-10",
  },
  {
    id: "title",
    head: "App",
    by: (r) => r.title || r.app,
    cell: (r) => (
      <span className="flex items-center gap-2">
        <Mark name={r.title || r.app} />
        <Link to="/app" search={{ app: r.app } as never} className="font-medium hover:text-accent">
          {r.title || r.app}
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
  {
    id: "share",
    head: "Share",
    by: (r) => r.share,
    first: "desc",
    cell: (r) => <ShareBar share={r.share} text={percent(r.share)} />,
  },
];
