import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Button, Section } from "@/ui/parts";
import { useFlat } from "@/ui/search-state";
import { Empty, Failed } from "@/ui/states";
import { Table } from "@/ui/table";
import { MODE_FACTS } from "./model";
import { columnsOf } from "./provider-columns";
import { NOW_MS, routingQuery } from "./queries";
import { RoutingPanel } from "./routing-panel";
import { providerRows, sortOf, sortText } from "./rows";
import { chats } from "./samples";
import type { TabProps } from "./view";

const UNROUTED = "Every endpoint of this model; providers that are on come first.";

export function Providers({ model, mode, onMode }: TabProps) {
  const [flat, change] = useFlat();
  const tools = flat.tools === "1";
  const routed = chats(model);
  const routing = useQuery({
    ...routingQuery(model.slug, mode, tools),
    enabled: routed,
    refetchInterval: NOW_MS,
  });
  const rows = useMemo(
    () => providerRows(model.endpoints, routing.data),
    [model.endpoints, routing.data],
  );
  const columns = useMemo(() => columnsOf(mode), [mode]);
  const sort = sortOf(flat.sort);
  return (
    <>
      {routed ? (
        <Section
          title="Where a request would go now"
          about="The endpoint that each mode would try first for a plain chat request, by what is measured at this moment."
          actions={
            <label className="inline-flex items-center gap-2 text-sm text-ink-2">
              <input
                type="checkbox"
                checked={tools}
                onChange={() => change({ tools: tools ? undefined : "1" })}
                className="accent-(--accent)"
              />
              The request has tools
            </label>
          }
        >
          <RoutingPanel slug={model.slug} mode={mode} tools={tools} onMode={onMode} />
        </Section>
      ) : null}
      <Section
        title={routed ? `Providers, in the order of ${MODE_FACTS[mode].label}` : "Providers"}
        about={routed ? (routing.data?.policy ?? MODE_FACTS[mode].about) : UNROUTED}
        actions={
          sort ? (
            <Button small onClick={() => change({ sort: undefined })}>
              Back to the mode's order
            </Button>
          ) : null
        }
      >
        {routing.error ? <Failed error={routing.error} retry={() => routing.refetch()} /> : null}
        {rows.length ? (
          <Table
            label={`Providers of ${model.name}`}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.endpoint.tag}
            sort={sort}
            onSort={(next) => change({ sort: sortText(next) })}
            dim={(row) => !row.endpoint.on}
          />
        ) : (
          <Empty title="No provider has this model" />
        )}
        <p className="mt-2 text-xs text-ink-3">
          Prices are list prices in USD per million tokens. Speeds are the median of the last 30
          minutes, else of the last day; a dash means that nothing was measured. Dimmed providers
          are off.
        </p>
      </Section>
    </>
  );
}
