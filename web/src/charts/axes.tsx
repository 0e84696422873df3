/** Axes and the reading under the pointer, shared by the charts with a time axis. */

import type { ScaleLinear } from "d3-scale";
import { type ChartProps, type Point, type Series, Sign } from "./figure";

export const MARGIN = { top: 8, right: 8, bottom: 22, left: 52 };

export function YAxis({
  y,
  width,
  format,
}: {
  y: ScaleLinear<number, number>;
  width: number;
  format: (n: number) => string;
}) {
  return (
    <g aria-hidden>
      {y.ticks(4).map((tick) => (
        <g key={tick} transform={`translate(0 ${y(tick)})`}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} stroke="var(--line)" />
          <text x={MARGIN.left - 6} dy="0.32em" textAnchor="end" fontSize={11} fill="var(--ink-3)">
            {format(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** As many dates as have room. */
export function XAxis({
  points,
  x,
  width,
  height,
  formatAt,
}: Pick<ChartProps, "formatAt"> & {
  points: readonly Point[];
  x: (index: number) => number;
  width: number;
  height: number;
}) {
  // The first label starts at its point, the others stand about theirs: one and a half labels apart.
  const label = points[0] ? formatAt(points[0].at).length * 6.2 : 0;
  const room = Math.max(84, 1.5 * label + 10);
  const every = Math.max(
    1,
    Math.ceil(points.length / Math.max(1, Math.floor((width - MARGIN.left) / room))),
  );
  return (
    <g aria-hidden>
      {points.map((point, index) =>
        index % every ? null : (
          <text
            key={point.at}
            x={x(index)}
            y={height - 6}
            textAnchor={index === 0 ? "start" : x(index) > width - 40 ? "end" : "middle"}
            fontSize={11}
            fill="var(--ink-3)"
          >
            {formatAt(point.at)}
          </text>
        ),
      )}
    </g>
  );
}

export function Reading({
  point,
  series,
  format,
  formatAt,
  left,
  width,
  areas = false,
}: Pick<ChartProps, "format" | "formatAt"> & {
  point: Point;
  series: readonly Series[];
  left: number;
  width: number;
  areas?: boolean;
}) {
  const rows = series.flatMap((one, index) => {
    const value = point.values[one.id];
    return value === null || value === undefined ? [] : [{ ...one, value, index }];
  });
  return (
    <div
      className="pointer-events-none absolute top-1 z-10 rounded-md border border-line bg-surface px-2.5 py-1.5 text-xs shadow-pop"
      style={left > width / 2 ? { right: width - left + 10 } : { left: left + 10 }}
    >
      <p className="mb-0.5 font-medium whitespace-nowrap">{formatAt(point.at)}</p>
      {rows.length ? null : <p className="text-ink-3">No data</p>}
      {rows
        .sort((a, b) => b.value - a.value)
        .slice(0, 10)
        .map((row) => (
          <p key={row.id} className="flex justify-between gap-4 whitespace-nowrap">
            <span className="text-ink-2">
              <Sign index={row.index} areas={areas} /> {row.name}
            </span>
            <span className="font-medium">{format(row.value)}</span>
          </p>
        ))}
    </div>
  );
}

/** Index of the point nearest to the pointer. */
export function nearest(
  clientX: number,
  box: DOMRect,
  x: (index: number) => number,
  n: number,
): number {
  const at = clientX - box.left;
  let best = 0;
  for (let i = 1; i < n; i++) if (Math.abs(x(i) - at) < Math.abs(x(best) - at)) best = i;
  return best;
}
