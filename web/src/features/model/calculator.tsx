/** What a month would cost at each provider, at list price, to the last digit. */

import { useMemo } from "react";
import type { Endpoint } from "@/api/types";
import { Field, inputStyle } from "@/ui/choice";
import { context, count, money } from "@/ui/format";
import { Card } from "@/ui/parts";
import { type Flat, useFlat } from "@/ui/search-state";
import { type Column, Table } from "@/ui/table";
import { NameCell } from "./cells";
import { type Cost, compared, costOf, type Load, whole, written } from "./money";
import { useShown } from "./shown";

const FIELDS = [
  { name: "in", key: "prompt_tok", label: "Prompt tokens", most: 100_000_000, fallback: 2000 },
  {
    name: "out",
    key: "completion_tok",
    label: "Completion tokens",
    most: 100_000_000,
    fallback: 500,
  },
  { name: "cached", key: "cached_percent", label: "Cached, %", most: 100, fallback: 0 },
  { name: "n", key: "requests", label: "Requests a month", most: 10 ** 12, fallback: 100_000 },
] as const;

function loadOf(flat: Flat): Load {
  const of = (field: (typeof FIELDS)[number]) =>
    whole(flat[field.name], field.fallback, field.most);
  return Object.fromEntries(FIELDS.map((field) => [field.key, of(field)])) as unknown as Load;
}

interface Row {
  endpoint: Endpoint;
  cost: Cost;
}

export function Calculator({ endpoints }: { endpoints: Endpoint[] }) {
  const [flat, change] = useFlat();
  const load = loadOf(flat);
  const { shown, toggle } = useShown(endpoints);
  const rows = shown
    .flatMap((endpoint): Row[] => {
      const cost = costOf(endpoint, load);
      return cost ? [{ endpoint, cost }] : [];
    })
    .sort((a, b) => compared(a.cost.month, b.cost.month));
  const [least, dearest] = [rows[0], rows.at(-1)];
  return (
    <div className="grid items-start gap-3 lg:grid-cols-[20rem_1fr]">
      <Card className="grid grid-cols-2 gap-3 p-3.5">
        {FIELDS.map((field) => (
          <Field key={field.name} label={field.label}>
            <input
              inputMode="numeric"
              value={flat[field.name] ?? String(field.fallback)}
              onChange={(event) =>
                change({ [field.name]: event.target.value.replace(/\D/g, "") || "0" })
              }
              className={`${inputStyle} w-full`}
            />
          </Field>
        ))}
        {toggle ? <div className="col-span-2">{toggle}</div> : null}
        <p className="col-span-2 text-xs text-ink-2" aria-live="polite">
          {count(load.requests)} requests of {count(load.prompt_tok)} + {count(load.completion_tok)}{" "}
          tokens:{" "}
          {least && least === dearest
            ? `${money(written(least.cost.month))} a month at ${least.endpoint.provider_name}.`
            : least && dearest
              ? `from ${money(written(least.cost.month))} (${least.endpoint.provider_name}) to ${money(written(dearest.cost.month))} a month.`
              : "no provider states a price."}
        </p>
      </Card>
      <CostTable rows={rows} load={load} />
    </div>
  );
}

function CostTable({ rows, load }: { rows: Row[]; load: Load }) {
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: "provider",
        head: "Provider",
        by: (row) => row.endpoint.provider_name,
        cell: (row) => <NameCell name={row.endpoint.provider_name} tag={row.endpoint.tag} />,
      },
      cost("request", "A request", (row) => row.cost.request),
      cost("month", "A month", (row) => row.cost.month),
      {
        id: "note",
        head: "Note",
        cell: (row) => <span className="text-xs text-ink-2">{noteOf(row)}</span>,
      },
    ],
    [],
  );
  return (
    <Table
      label={`Cost of ${count(load.requests)} requests by provider`}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.endpoint.tag}
      dim={(row) => !row.endpoint.on}
    />
  );
}

function cost(id: string, head: string, of: (row: Row) => Cost["month"]): Column<Row> {
  return {
    id,
    head,
    number: true,
    by: (row) => Number(written(of(row))),
    cell: (row) => (
      <span title={`$${written(of(row))}`} className={id === "month" ? "font-medium" : ""}>
        {money(written(of(row)))}
      </span>
    ),
  };
}

function noteOf({ endpoint, cost: { tier, cache_unpriced } }: Row): string {
  return [
    tier === null ? "" : `price of prompts over ${context(tier)}`,
    cache_unpriced ? "no cheaper rate for cached tokens" : "",
    endpoint.on ? "" : "off",
  ]
    .filter(Boolean)
    .join("; ");
}
