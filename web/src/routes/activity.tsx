import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { address } from "@/api/client";
import { pageQuery } from "@/api/queries";
import type { ActivityPage } from "@/api/types";
import { BarChart } from "@/charts/bars";
import { type Figure, pointsBy, seriesBy } from "@/features/activity/model";
import { Switch } from "@/ui/choice";
import { clock, compact, count, date, money, percent, shortDate } from "@/ui/format";
import { Operator } from "@/ui/operator";
import { buttonStyle, PageHead, Section, Tile } from "@/ui/parts";
import { oneOf, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

const RANGES = ["30d", "1h", "1d", "1y"] as const;
const GROUPS = ["model", "key", "app"] as const;
const GROUP_WORDS = { model: "Model", key: "Key", app: "App" };
const FIGURES: { id: Figure; label: string; format: (n: number) => string }[] = [
  { id: "spend", label: "Spend", format: money },
  { id: "tokens", label: "Tokens", format: compact },
  { id: "requests", label: "Requests", format: count },
];

export function Page() {
  useTitle("Activity");
  const [flat, change] = useFlat();
  const range = oneOf(flat.range, RANGES);
  const group = oneOf(flat.group, GROUPS);
  return (
    <>
      <PageHead
        title="Activity"
        about="What was spent, and on what: credits charged, tokens and requests of this installation's keys."
        actions={
          <>
            <Switch
              label="Range"
              value={range}
              options={["1h", "1d", "30d", "1y"].map((r) => ({
                value: r as typeof range,
                label: r.replace(/(\d+)/, "$1 "),
              }))}
              onChange={(next) => change({ range: next })}
            />
            <Switch
              label="Group by"
              value={group}
              options={GROUPS.map((g) => ({ value: g, label: GROUP_WORDS[g] }))}
              onChange={(next) => change({ group: next })}
            />
            <a
              href={address("/api/internal/activity.csv", { range, group })}
              download
              className={buttonStyle()}
            >
              <Download size={14} aria-hidden /> CSV
            </a>
          </>
        }
      />
      <Operator why="Activity shows what keys spent.">
        <Board range={range} group={group} />
      </Operator>
    </>
  );
}

function Board({ range, group }: { range: string; group: (typeof GROUPS)[number] }) {
  return (
    <Loaded query={useQuery(pageQuery<ActivityPage>("/activity", { range, group }))}>
      {(data) => <Facts data={data} group={group} />}
    </Loaded>
  );
}

function Facts({ data, group }: { data: ActivityPage; group: (typeof GROUPS)[number] }) {
  const { totals } = data;
  const at = (when: number | string) =>
    data.step === "day"
      ? shortDate(when)
      : data.step === "month"
        ? date(when)
        : clock(Number(when));
  return (
    <>
      <dl className="mb-6 grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Tile label="Spend">{money(totals.spend)}</Tile>
        <Tile label="Tokens">{compact(totals.tokens)}</Tile>
        <Tile label="Requests">{count(totals.requests)}</Tile>
        <Tile label="Failed">
          {totals.requests ? percent(totals.failed / totals.requests) : "–"}
        </Tile>
      </dl>
      {totals.requests ? (
        <>
          <div className="grid gap-4 xl:grid-cols-3">
            {FIGURES.map(({ id, label, format }) => {
              const series = seriesBy(data, id);
              return (
                <BarChart
                  key={id}
                  label={`${label} by ${group}`}
                  summary={`${format(Number(totals[id]))} in all; most by ${series[0]?.name}.`}
                  series={series}
                  points={pointsBy(data, id, series)}
                  format={format}
                  formatAt={at}
                />
              );
            })}
          </div>
          <Section title={`By ${group}`}>
            <Table
              label={`Activity by ${group}`}
              columns={columns(GROUP_WORDS[group])}
              rows={data.groups}
              rowKey={(row) => row.id}
              initial={{ id: "spend", desc: true }}
            />
          </Section>
        </>
      ) : (
        <Empty title="Nothing in this range">
          Requests show here within a minute of their end.
        </Empty>
      )}
    </>
  );
}

function columns(what: string): Column<ActivityPage["groups"][number]>[] {
  return [
    { id: "name", head: what, by: (r) => r.name, cell: (r) => r.name || "Nobody" },
    {
      id: "spend",
      head: "Spend",
      number: true,
      first: "desc",
      by: (r) => Number(r.spend),
      cell: (r) => money(r.spend),
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
}
