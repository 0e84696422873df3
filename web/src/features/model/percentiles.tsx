/** The live windows' percentiles of each provider, one table a measure. */

import { useMemo } from "react";
import type { Endpoint, Percentiles } from "@/api/types";
import { compact, duration } from "@/ui/format";
import { Section } from "@/ui/parts";
import { Empty } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { type Measure, PERCENTILES } from "./series";

const MEASURES: { id: Measure; title: string; format: (value: number) => string }[] = [
  { id: "throughput_tps", title: "Throughput, tok/s", format: compact },
  { id: "ttft_ms", title: "TTFT", format: duration },
  { id: "latency_ms", title: "Latency", format: duration },
];

export function PercentilesNow({ endpoints }: { endpoints: Endpoint[] }) {
  const measuredNow = endpoints.filter((endpoint) => endpoint.measured_over);
  return (
    <Section
      title="Percentiles now"
      about="Of the last 30 minutes at each provider, else of the last day where those had no attempts."
    >
      {measuredNow.length ? (
        <div className="grid gap-3 xl:grid-cols-3">
          {MEASURES.map((measure) => (
            <CurrentTable key={measure.id} measure={measure} endpoints={measuredNow} />
          ))}
        </div>
      ) : (
        <Empty title="Nothing was measured in the last day">
          Percentiles come with traffic to this model.
        </Empty>
      )}
    </Section>
  );
}

function CurrentTable({
  measure,
  endpoints,
}: {
  measure: (typeof MEASURES)[number];
  endpoints: Endpoint[];
}) {
  const columns = useMemo<Column<Endpoint>[]>(() => {
    const of = (row: Endpoint): Percentiles | null => row[measure.id];
    return [
      {
        id: "provider",
        head: measure.title,
        by: (row) => row.provider_name,
        cell: (row) => (
          <span className="block max-w-36 truncate font-medium" title={row.tag}>
            {row.provider_name}
            {row.tag.includes("/") ? (
              <span className="block truncate font-mono text-xs font-normal text-ink-3">
                {row.tag}
              </span>
            ) : null}
          </span>
        ),
      },
      ...PERCENTILES.map((p) => ({
        id: p,
        head: p,
        number: true,
        by: (row: Endpoint) => of(row)?.[p] ?? null,
        cell: (row: Endpoint) => {
          const value = of(row)?.[p];
          return value === undefined ? "–" : measure.format(value);
        },
      })),
    ];
  }, [measure]);
  return (
    <Table
      label={`${measure.title} by provider`}
      columns={columns}
      rows={endpoints}
      rowKey={(row) => row.tag}
    />
  );
}
