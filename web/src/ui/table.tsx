/** A real table: sortable heads, numbers to the right, its own sideways scroll on narrow screens. */

import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { cx } from "./cx";

export interface Column<T> {
  id: string;
  head: ReactNode;
  cell: (row: T) => ReactNode;
  /** What it is sorted by; null sorts last in both directions. Absent: not sortable. */
  by?: (row: T) => number | string | null;
  /** Direction of the first click. */
  first?: "asc" | "desc";
  number?: boolean;
  title?: string;
  className?: string;
}

export interface Sort {
  id: string;
  desc: boolean;
}

export function sorted<T>(rows: readonly T[], columns: Column<T>[], sort: Sort | null): T[] {
  const by = columns.find((column) => column.id === sort?.id)?.by;
  if (!sort || !by) return [...rows];
  const sign = sort.desc ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return sign * (typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y));
  });
}

export function Table<T>({
  label,
  columns,
  rows,
  rowKey,
  initial = null,
  sort: given,
  onSort,
  dim,
  onRow,
}: {
  label: string;
  columns: Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  initial?: Sort | null;
  /** Kept by the page (in its URL) where given. */
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  dim?: (row: T) => boolean;
  /** Beside a link in the row, never instead of one. */
  onRow?: (row: T) => void;
}) {
  const [own, setOwn] = useState<Sort | null>(initial);
  const sort = given === undefined ? own : given;
  const shown = useMemo(() => sorted(rows, columns, sort), [rows, columns, sort]);
  const change = (column: Column<T>) => {
    const desc = sort?.id === column.id ? !sort.desc : column.first === "desc";
    (onSort ?? setOwn)({ id: column.id, desc });
  };
  return (
    <section
      aria-label={label}
      tabIndex={0}
      // Relative: what is hidden from sight in a cell must not widen the page.
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-ink-3">
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onClick={() => change(column)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr
              key={rowKey(row)}
              onClick={onRow && (() => onRow(row))}
              className={cx(
                "border-b border-line last:border-0 hover:bg-sunken/60",
                dim?.(row) && "text-ink-3",
                onRow && "cursor-pointer",
              )}
            >
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={cx(
                    "px-3 py-2 align-middle",
                    column.number && "text-right whitespace-nowrap",
                    column.className,
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Head<T>({
  column,
  sort,
  onClick,
}: {
  column: Column<T>;
  sort: Sort | null;
  onClick: () => void;
}) {
  const on = sort?.id === column.id;
  const Arrow = sort?.desc ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      title={column.title}
      aria-sort={on ? (sort?.desc ? "descending" : "ascending") : undefined}
      className={cx("px-3 py-2 font-medium whitespace-nowrap", column.number && "text-right")}
    >
      {column.by ? (
        <button
          type="button"
          onClick={onClick}
          className={cx("inline-flex items-center gap-1 hover:text-ink", on && "text-ink")}
        >
          {column.head}
          {on ? <Arrow size={12} aria-hidden /> : null}
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}
