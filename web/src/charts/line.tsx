import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line as pathOf } from "d3-shape";
import { useMemo, useState } from "react";
import { MARGIN, nearest, Reading, XAxis, YAxis } from "./axes";
import { type ChartProps, Figure, look, type Point, useWidth } from "./figure";

/** Lines over time; a gap where there is no value, a dot where a value stands alone. */
export function LineChart(props: ChartProps & { floor?: number; ceiling?: number }) {
  return <Figure props={props} chart={<Lines {...props} />} />;
}

function Lines({
  series,
  points,
  format,
  formatAt,
  height = 200,
  floor = 0,
  ceiling,
}: ChartProps & { floor?: number; ceiling?: number }) {
  const [ref, width] = useWidth();
  const [over, setOver] = useState<number | null>(null);
  const y = useMemo(() => {
    const top =
      ceiling ?? max(points, (point) => max(Object.values(point.values), (v) => v ?? 0)) ?? 1;
    const scale = scaleLinear([floor, top || 1], [height - MARGIN.bottom, MARGIN.top]);
    return ceiling === undefined ? scale.nice(4) : scale;
  }, [points, height, floor, ceiling]);
  const x = (index: number) =>
    MARGIN.left + ((width - MARGIN.left - MARGIN.right) * index) / Math.max(1, points.length - 1);
  const point = over === null ? undefined : points[over];
  return (
    <div ref={ref} className="relative [contain:inline-size]">
      {width ? (
        <svg
          width={width}
          height={height}
          aria-hidden
          onPointerMove={(e) =>
            setOver(nearest(e.clientX, e.currentTarget.getBoundingClientRect(), x, points.length))
          }
          onPointerLeave={() => setOver(null)}
        >
          <YAxis y={y} width={width} format={format} />
          <XAxis points={points} x={x} width={width} height={height} formatAt={formatAt} />
          {over !== null ? (
            <line
              x1={x(over)}
              x2={x(over)}
              y1={MARGIN.top}
              y2={height - MARGIN.bottom}
              stroke="var(--line-strong)"
            />
          ) : null}
          {series.map((one, index) => (
            <OneLine key={one.id} id={one.id} index={index} points={points} x={x} y={y} />
          ))}
        </svg>
      ) : (
        <div style={{ height }} />
      )}
      {point && over !== null ? (
        <Reading
          point={point}
          series={series}
          format={format}
          formatAt={formatAt}
          left={x(over)}
          width={width}
        />
      ) : null}
    </div>
  );
}

function OneLine({
  id,
  index,
  points,
  x,
  y,
}: {
  id: string;
  index: number;
  points: readonly Point[];
  x: (index: number) => number;
  y: (value: number) => number;
}) {
  const { color, dash } = look(index);
  const has = (at: number) => typeof points[at]?.values[id] === "number";
  const path = pathOf<number>()
    .defined(has)
    .x(x)
    .y((at) => y(points[at]?.values[id] ?? 0));
  const alone = points.map((_, at) => at).filter((at) => has(at) && !has(at - 1) && !has(at + 1));
  return (
    <g>
      <path
        d={path(points.map((_, at) => at)) ?? ""}
        fill="none"
        stroke={color}
        strokeWidth={1.75}
        strokeDasharray={dash}
      />
      {alone.map((at) => (
        <circle key={at} cx={x(at)} cy={y(points[at]?.values[id] ?? 0)} r={2.5} fill={color} />
      ))}
    </g>
  );
}
