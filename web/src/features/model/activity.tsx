import { useQuery } from "@tanstack/react-query";
import { BarChart } from "@/charts/bars";
import { Switch } from "@/ui/choice";
import { compact, count, money, percent, shortDate } from "@/ui/format";
import { Section, Tile } from "@/ui/parts";
import { oneOf, useFlat } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { decimal, plus, written, ZERO } from "./money";
import { activityQuery, USE_RANGES } from "./queries";
import { TOKEN_PARTS, tokenPoints } from "./series";
import type { UseDay } from "./types";
import type { TabProps } from "./view";

export function ActivityTab({ model }: TabProps) {
  const [flat, change] = useFlat();
  const range = oneOf(flat.range, USE_RANGES);
  const query = useQuery(activityQuery(model.slug, range));
  return (
    <Section
      title="Activity"
      about="Tokens and requests to this model through this gateway, by UTC day."
      actions={
        <Switch
          label="Range"
          value={range}
          options={USE_RANGES.map((value) => ({ value, label: value }))}
          onChange={(next) => change({ range: next === "30d" ? undefined : next })}
        />
      }
    >
      <Loaded
        query={query}
        isEmpty={(data) => data.days.every((day) => day.requests === 0)}
        empty={
          <Empty title={`No request in the last ${range === "30d" ? "30" : "90"} days`}>
            Tokens and requests are counted from the first request on.
          </Empty>
        }
      >
        {(data) => <Days days={data.days} />}
      </Loaded>
    </Section>
  );
}

function Days({ days }: { days: UseDay[] }) {
  const sums = sumsOf(days);
  const busiest = days.reduce((a, b) =>
    b.prompt + b.completion > a.prompt + a.completion ? b : a,
  );
  return (
    <>
      <dl className="mb-3 grid grid-cols-2 gap-2.5 lg:grid-cols-4">
        <Tile
          label="Tokens"
          note={`${percent(sums.prompt / (sums.tokens || 1), 0)} of them prompt`}
        >
          {compact(sums.tokens)}
        </Tile>
        <Tile label="Requests">{count(sums.requests)}</Tile>
        <Tile label="Spend">{money(sums.cost)}</Tile>
        <Tile label="Answers with tool calls">{count(sums.tool_answers)}</Tile>
      </dl>
      <div className="grid gap-3">
        <BarChart
          label="Tokens by day"
          summary={`${compact(sums.tokens)} in ${days.length} days; most on ${shortDate(busiest.day)}: ${compact(busiest.prompt + busiest.completion)}.`}
          series={TOKEN_PARTS}
          points={tokenPoints(days)}
          format={compact}
          formatAt={shortDate}
          height={240}
        />
        <BarChart
          label="Requests by day"
          summary={`${count(sums.requests)} in all, ${compact(Math.round(sums.requests / days.length))} a day on average.`}
          series={[{ id: "requests", name: "Requests" }]}
          points={days.map((day) => ({ at: day.day, values: { requests: day.requests } }))}
          format={compact}
          formatAt={shortDate}
          height={160}
        />
      </div>
    </>
  );
}

function sumsOf(days: readonly UseDay[]) {
  const sum = (of: (day: UseDay) => number) => days.reduce((all, day) => all + of(day), 0);
  return {
    prompt: sum((day) => day.prompt),
    tokens: sum((day) => day.prompt + day.completion),
    requests: sum((day) => day.requests),
    tool_answers: sum((day) => day.tool_answers),
    cost: written(days.map((day) => decimal(day.cost)).reduce(plus, ZERO)),
  };
}
