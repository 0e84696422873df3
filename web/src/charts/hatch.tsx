/** Hatching for areas, so that stacked parts are told apart without colour. */

const KINDS = [
  "",
  "M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5", // rising lines
  "M0 3 H6", // level lines
  "M-1 5 L1 7 M0 0 L6 6 M5 -1 L7 1", // falling lines
  "M3 0 V6", // upright lines
  "M0 3 H6 M3 0 V6", // a grid
];

/** The fill that goes over the n-th series' colour; null for none. */
export function hatch(index: number): string | null {
  const kind = index % KINDS.length;
  return kind ? `url(#hatch-${kind})` : null;
}

/** The patterns themselves; once in a document. */
export function Hatches() {
  return (
    <svg width={0} height={0} aria-hidden className="absolute">
      <defs>
        {KINDS.map((path, kind) =>
          path ? (
            <pattern
              key={path}
              id={`hatch-${kind}`}
              width={6}
              height={6}
              patternUnits="userSpaceOnUse"
            >
              <path d={path} stroke="var(--surface)" strokeWidth={1} strokeOpacity={0.4} />
            </pattern>
          ) : null,
        )}
      </defs>
    </svg>
  );
}

/** What stands for a series in a legend and in a reading of bars. */
export function Swatch({ index, color }: { index: number; color: string }) {
  const over = hatch(index);
  return (
    <svg width={12} height={12} aria-hidden className="inline-block align-[-1px]">
      <rect width={12} height={12} rx={2} fill={color} />
      {over ? <rect width={12} height={12} rx={2} fill={over} /> : null}
    </svg>
  );
}
