/** What every chart shares: a summary in plain words, a table of the same numbers, a legend without colour alone. */

import { ChartLine, Table2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/ui/parts";
import { Swatch } from "./hatch";

export interface Series {
  id: string;
  name: string;
}

/** One place on the x axis and a value for each series that has one there. */
export interface Point {
  at: number | string;
  values: Record<string, number | null>;
}

export interface ChartProps {
  label: string;
  /** What the chart says, in a sentence. */
  summary: string;
  series: readonly Series[];
  points: readonly Point[];
  format: (value: number) => string;
  formatAt: (at: number | string) => string;
  height?: number;
}

/** The n-th series: its colour, dash and marker; the last two tell it apart without the first. */
export function look(index: number): { color: string; dash: string; marker: string } {
  return {
    color: index < 9 ? `var(--series-${index + 1})` : "var(--series-0)",
    dash: ["", "6 3", "2 3", "8 3 2 3", "10 4", "1 4"][index % 6] ?? "",
    marker: ["●", "■", "▲", "◆", "○", "□", "△", "◇", "✚"][index % 9] ?? "●",
  };
}

/** `areas`: series are drawn as areas, told apart by hatching, and not as lines with markers. */
export function Figure({
  chart,
  props,
  areas = false,
}: {
  chart: ReactNode;
  props: ChartProps;
  areas?: boolean;
}) {
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? ChartLine : Table2;
  return (
    <figure className="rounded-lg border border-line bg-surface p-3.5" aria-label={props.label}>
      <div className="mb-2 flex items-start justify-between gap-3">
        <figcaption className="min-w-0">
          <p className="text-sm font-semibold">{props.label}</p>
          <p className="text-xs text-ink-2">{props.summary}</p>
        </figcaption>
        <Button small kind="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          <Icon size={13} aria-hidden /> {asTable ? "Chart" : "Table"}
        </Button>
      </div>
      {asTable ? <DataTable {...props} /> : chart}
      {!asTable && props.series.length > 1 ? <Legend series={props.series} areas={areas} /> : null}
    </figure>
  );
}

/** What stands for a series beside its name. */
export function Sign({ index, areas }: { index: number; areas: boolean }) {
  const { color, marker } = look(index);
  return areas ? (
    <Swatch index={index} color={color} />
  ) : (
    <span aria-hidden style={{ color }}>
      {marker}
    </span>
  );
}

function Legend({ series, areas }: { series: readonly Series[]; areas: boolean }) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
      {series.map((one, index) => (
        <li key={one.id} className="inline-flex items-center gap-1.5">
          <Sign index={index} areas={areas} />
          {one.name}
        </li>
      ))}
    </ul>
  );
}

function DataTable({ label, series, points, format, formatAt }: ChartProps) {
  return (
    <section tabIndex={0} aria-label={`${label}, as a table`} className="max-h-72 overflow-auto">
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-surface text-left text-ink-3">
          <tr>
            <th scope="col" className="py-1 pr-3 font-medium">
              When
            </th>
            {series.map((one) => (
              <th scope="col" key={one.id} className="py-1 pl-3 text-right font-medium">
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.at} className="border-t border-line">
              <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap">
                {formatAt(point.at)}
              </th>
              {series.map((one) => {
                const value = point.values[one.id];
                return (
                  <td key={one.id} className="py-1 pl-3 text-right whitespace-nowrap">
                    {value === null || value === undefined ? "–" : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Width of an element in px, followed as it changes. */
export function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!ref.current) return;
    const watch = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return [ref, width];
}
