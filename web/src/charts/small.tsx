/** Charts that stand in a table's cell. */

import { cx } from "@/ui/cx";
import { percentOf, shortDate } from "@/ui/format";

/** One thin bar a day: height and tone say how much of it was up; no bar is no data. */
export function UptimeBar({
  days,
  label,
  wide = false,
}: {
  days: readonly { day: string; uptime: number | null }[];
  label: string;
  wide?: boolean;
}) {
  const known = days.flatMap((d) => (d.uptime === null ? [] : [d.uptime]));
  const mean = known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
  return (
    <span
      role="img"
      aria-label={`${label}: ${mean === null ? "no data" : `${percentOf(mean)} over ${known.length} days, lowest ${percentOf(Math.min(...known))}`}`}
      className={cx("inline-flex h-6 items-end gap-px", wide && "w-full")}
    >
      {days.map(({ day, uptime }) => (
        <span
          key={day}
          title={`${shortDate(day)}: ${uptime === null ? "no data" : percentOf(uptime)}`}
          className={cx("rounded-[1px]", wide ? "min-w-0 flex-1" : "w-[3px]", tone(uptime))}
          style={{ height: uptime === null ? 3 : `${Math.max(18, 100 - (100 - uptime) * 8)}%` }}
        />
      ))}
    </span>
  );
}

function tone(uptime: number | null): string {
  if (uptime === null) return "bg-line-strong";
  return uptime >= 99 ? "bg-good" : uptime >= 95 ? "bg-warn" : "bg-bad";
}

/** A share as a bar with its number beside it. */
export function ShareBar({ share, text }: { share: number; text: string }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden className="h-1.5 w-16 overflow-hidden rounded-full bg-sunken">
        <span
          className="block h-full rounded-full bg-accent"
          style={{ width: `${Math.min(100, share * 100)}%` }}
        />
      </span>
      <span>{text}</span>
    </span>
  );
}
