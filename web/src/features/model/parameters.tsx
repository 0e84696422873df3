/** The request's parameters, and what becomes of each at the providers. */

import { useMemo } from "react";
import type { Endpoint, Honour, ParameterRow } from "@/api/types";
import { Tag, type Tone } from "@/ui/parts";
import { Empty } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { type Fate, fatesOf } from "./rows";

const FEW = 4;

const TONES: Record<Honour, Tone> = {
  honoured: "good",
  translated: "accent",
  emulated: "warn",
  forwarded: "plain",
  dropped: "bad",
};

export function Parameters({ rows, endpoints }: { rows: ParameterRow[]; endpoints: Endpoint[] }) {
  const columns = useMemo(() => columnsFor(endpoints), [endpoints]);
  if (rows.length === 0) return <Empty title="No parameter of this model is known" />;
  return (
    <>
      <Table
        label="Request parameters"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.name}
        initial={{ id: "name", desc: false }}
      />
      <p className="mt-2 text-xs text-ink-3">
        Honoured: sent as it is. Translated: sent under the provider's own name or form. Emulated:
        done by this gateway. Forwarded: sent as it is, though nobody says that the provider takes
        it. Dropped: left out, and named in the answer; with{" "}
        <code>provider.require_parameters</code> such a provider is not asked.
      </p>
    </>
  );
}

function columnsFor(endpoints: Endpoint[]): Column<ParameterRow>[] {
  return [
    {
      id: "name",
      head: "Name",
      by: (row) => row.name,
      cell: (row) => <code className="text-[13px] font-medium">{row.name}</code>,
    },
    {
      id: "type",
      head: "Type",
      cell: (row) => <span className="whitespace-nowrap text-ink-2">{row.type}</span>,
    },
    {
      id: "range",
      head: "Range",
      cell: (row) => <span className="whitespace-nowrap">{row.range ?? "–"}</span>,
    },
    {
      id: "default",
      head: "Default",
      cell: (row) => <span className="whitespace-nowrap">{row.default ?? "–"}</span>,
    },
    {
      id: "description",
      head: "Description",
      className: "min-w-64",
      cell: (row) => <span className="text-ink-2">{row.description}</span>,
    },
    {
      id: "fates",
      head: "At the providers",
      className: "min-w-56",
      cell: (row) => <Fates row={row} endpoints={endpoints} />,
    },
  ];
}

function Fates({ row, endpoints }: { row: ParameterRow; endpoints: Endpoint[] }) {
  const fates = fatesOf(row.by_endpoint, endpoints);
  if (fates.length === 0) return "–";
  return (
    <ul className="space-y-1">
      {fates.map(({ fate, names }) => (
        <li key={fate} className="text-xs text-ink-2">
          <Names fate={fate} names={names} />
        </li>
      ))}
    </ul>
  );
}

/** A few are named, many are folded. */
function Names({ fate, names }: Fate) {
  const tag = <Tag tone={TONES[fate]}>{fate}</Tag>;
  if (!names || names.length <= FEW)
    return (
      <>
        {tag} {names ? `by ${names.join(", ")}` : "by all"}
      </>
    );
  return (
    <details>
      <summary>
        {tag} by {names.length} providers
      </summary>
      <p className="mt-1">{names.join(", ")}</p>
    </details>
  );
}
