import { useQuery } from "@tanstack/react-query";
import { ShareBar } from "@/charts/small";
import { date, money, percentOf } from "@/ui/format";
import { Section } from "@/ui/parts";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { benchmarksQuery } from "./queries";
import type { Score } from "./types";
import type { TabProps } from "./view";

export function Benchmarks({ model }: TabProps) {
  const query = useQuery(benchmarksQuery(model.slug));
  return (
    <Section
      title="Benchmarks"
      about="Scores on standardised evaluations, as their source published them or as a run through this gateway measured them; rank and percentile are among all models that have the score."
    >
      <Loaded
        query={query}
        isEmpty={(data) => data.scores.length === 0}
        empty={
          <Empty title="No score of this model is known">
            Add published ones with <code>turnout benchmarks import FILE</code>, or measure it with{" "}
            <code>turnout benchmarks run</code>.
          </Empty>
        }
      >
        {(data) => (
          <Table
            label={`Benchmark scores of ${model.name}`}
            columns={COLUMNS}
            rows={data.scores}
            rowKey={(row) => `${row.benchmark} ${row.source}`}
            initial={{ id: "percentile", desc: true }}
          />
        )}
      </Loaded>
    </Section>
  );
}

const COLUMNS: Column<Score>[] = [
  {
    id: "name",
    head: "Benchmark",
    by: (row) => row.name,
    cell: (row) => <span className="font-medium whitespace-nowrap">{row.name}</span>,
  },
  {
    id: "score",
    head: "Score",
    first: "desc",
    by: (row) => row.score_percent,
    cell: (row) => (
      <ShareBar share={row.score_percent / 100} text={percentOf(row.score_percent, 1)} />
    ),
  },
  {
    id: "rank",
    head: "Rank",
    by: (row) => row.rank,
    cell: (row) => (
      <span className="whitespace-nowrap">
        {row.rank} <span className="text-ink-3">of {row.of}</span>
      </span>
    ),
  },
  {
    id: "percentile",
    head: "Percentile",
    title: "Of the models that have the score, the percent that are not better, this one included",
    first: "desc",
    by: (row) => row.percentile,
    cell: (row) => percentOf(row.percentile, 0),
    number: true,
  },
  {
    id: "runs",
    head: "Runs",
    title: "How many runs the score is of, and what they cost, where it was measured here",
    by: (row) => row.run_count,
    cell: (row) =>
      row.run_count === null
        ? "–"
        : `${row.run_count}${row.cost === null ? "" : `, ${money(row.cost)}`}`,
    number: true,
  },
  {
    id: "date",
    head: "Date",
    first: "desc",
    by: (row) => row.as_of,
    cell: (row) => <span className="whitespace-nowrap">{date(row.as_of)}</span>,
  },
  {
    id: "source",
    head: "Source",
    className: "min-w-56",
    by: (row) => row.source,
    cell: (row) =>
      row.source_url ? (
        <a href={row.source_url} rel="noreferrer" className="text-accent hover:underline">
          {row.source}
          <span className="sr-only"> (leaves this site)</span>
        </a>
      ) : (
        row.source
      ),
  },
];
