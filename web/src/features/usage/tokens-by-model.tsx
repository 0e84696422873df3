import { BarChart } from "@/charts/bars";
import { compact, shortDate } from "@/ui/format";
import { pointsOf, seriesOf } from "./series";

interface Day {
  day: string;
  slug: string;
  tokens: number;
}

/** Tokens a day, stacked by model. */
export function TokensByModel({
  days,
  names,
}: {
  days: readonly Day[];
  names: ReadonlyMap<string, string>;
}) {
  const series = seriesOf(
    days,
    (d) => d.slug,
    (d) => d.tokens,
    (id) => names.get(id) ?? id,
  );
  const total = days.reduce((sum, day) => sum + day.tokens, 0);
  return (
    <BarChart
      label="Tokens by model"
      summary={`${compact(total)} tokens in all${series[0] ? `; the most went to ${series[0].name}` : ""}.`}
      series={series}
      points={pointsOf(
        days,
        (d) => d.day,
        (d) => d.slug,
        (d) => d.tokens,
        series,
      )}
      format={compact}
      formatAt={shortDate}
      height={220}
    />
  );
}
