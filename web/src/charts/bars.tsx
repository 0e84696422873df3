import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { useMemo, useState } from "react";
import { MARGIN, nearest, Reading, XAxis, YAxis } from "./axes";
import { type ChartProps, Figure, look, useWidth } from "./figure";
import { hatch } from "./hatch";

/** Stacked bars over time; with `whole`, each bar is scaled to its own sum (shares). */
export function BarChart(props: ChartProps & { whole?: boolean }) {
  return <Figure props={props} chart={<Bars {...props} />} areas />;
}

function Bars({
  series,
  points,
  format,
  formatAt,
  height = 200,
  whole = false,
}: ChartProps & { whole?: boolean }) {
  const [ref, width] = useWidth();
  const [over, setOver] = useState<number | null>(null);
  const sums = useMemo(
    () => points.map((p) => series.reduce((sum, s) => sum + (p.values[s.id] ?? 0), 0)),
    [points, series],
  );
  const y = scaleLinear(
    [0, whole ? 1 : (max(sums) ?? 1) || 1],
    [height - MARGIN.bottom, MARGIN.top],
  );
  if (!whole) y.nice(4);
  const step = (width - MARGIN.left - MARGIN.right) / Math.max(1, points.length);
  const x = (index: number) => MARGIN.left + step * (index + 0.5);
  const thick = Math.max(1, Math.min(36, step * 0.72));
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
          <YAxis y={y} width={width} format={whole ? (n) => `${Math.round(n * 100)} %` : format} />
          <XAxis points={points} x={x} width={width} height={height} formatAt={formatAt} />
          {points.map((at, index) => {
            let below = 0;
            const unit = whole ? sums[index] || 1 : 1;
            return (
              <g key={at.at} opacity={over === null || over === index ? 1 : 0.55}>
                {series.map((one, n) => {
                  const value = (at.values[one.id] ?? 0) / unit;
                  const from = y(below);
                  below += value;
                  if (!value) return null;
                  const box = {
                    x: x(index) - thick / 2,
                    width: thick,
                    y: y(below),
                    height: Math.max(0.5, from - y(below) - (n ? 0.5 : 0)),
                  };
                  const over = hatch(n);
                  return (
                    <g key={one.id}>
                      <rect {...box} fill={look(n).color} />
                      {over ? <rect {...box} fill={over} /> : null}
                    </g>
                  );
                })}
              </g>
            );
          })}
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
          areas
        />
      ) : null}
    </div>
  );
}
