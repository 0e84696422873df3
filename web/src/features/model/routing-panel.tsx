/** Which endpoint each mode would take now, side by side; a click chooses the mode. */

import { useQuery } from "@tanstack/react-query";
import { cx } from "@/ui/cx";
import { Mark } from "@/ui/parts";
import { Failed } from "@/ui/states";
import { MODE_FACTS, MODES, type Mode } from "./model";
import { NOW_MS, routingQuery } from "./queries";
import { begun, factOf, firstOf } from "./rows";
import type { Routing } from "./types";

interface Props {
  slug: string;
  mode: Mode;
  tools: boolean;
  onMode: (mode: Mode) => void;
}

export function RoutingPanel(props: Props) {
  return (
    <ul className="grid gap-2.5 sm:grid-cols-2 xl:grid-cols-4">
      {MODES.map((one) => (
        <ModeCard key={one} {...props} one={one} />
      ))}
    </ul>
  );
}

function ModeCard({ slug, mode, tools, onMode, one }: Props & { one: Mode }) {
  const query = useQuery({ ...routingQuery(slug, one, tools), refetchInterval: NOW_MS });
  const chosen = one === mode;
  return (
    <li
      className={cx(
        "relative rounded-lg border bg-surface px-3.5 py-3",
        chosen ? "border-accent" : "border-line hover:border-line-strong",
      )}
    >
      <button
        type="button"
        aria-pressed={chosen}
        onClick={() => onMode(one)}
        className={cx(
          "text-xs font-medium after:absolute after:inset-0 after:rounded-lg",
          chosen ? "text-accent" : "text-ink-2",
        )}
      >
        {MODE_FACTS[one].label}
      </button>
      {query.data ? <First routing={query.data} mode={one} /> : null}
      {query.error ? <Failed error={query.error} /> : null}
      {query.isPending ? (
        <div role="status" aria-label="Loading" className="mt-1.5 h-12 rounded bg-sunken" />
      ) : null}
    </li>
  );
}

function First({ routing, mode }: { routing: Routing; mode: Mode }) {
  const first = firstOf(routing);
  if (!first)
    return (
      <p className="mt-1 text-sm text-ink-2">
        No provider takes this request now; the reasons stand in the table below.
      </p>
    );
  const fact = factOf(mode, first);
  return (
    <>
      <p className="mt-1 flex items-center gap-2 font-semibold">
        <Mark name={first.provider_name} size={20} />
        <span className="min-w-0 truncate" title={first.tag}>
          {first.provider_name}
        </span>
        {first.tag.includes("/") ? (
          <span className="min-w-0 truncate font-mono text-xs font-normal text-ink-3">
            {first.tag}
          </span>
        ) : null}
      </p>
      <p className="mt-1 text-xs text-ink-2">
        {first.share === null ? routing.policy : begun(first.reason)}
        {fact ? ` Here: ${fact}.` : ""}
      </p>
    </>
  );
}
