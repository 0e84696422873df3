/** Which endpoints a long table shows: those that are on, or all; kept in the URL. */

import type { ReactNode } from "react";
import type { Endpoint } from "@/api/types";
import { useFlat } from "@/ui/search-state";
import { onFirst } from "./rows";

/** `toggle` is null where there is nothing to choose: all are on, or none is. */
export function useShown(endpoints: Endpoint[]): { shown: Endpoint[]; toggle: ReactNode } {
  const [flat, change] = useFlat();
  const on = endpoints.filter((endpoint) => endpoint.on);
  const off = endpoints.length - on.length;
  const all = flat.off === "1" || on.length === 0;
  const shown = all ? onFirst(endpoints) : on;
  if (on.length === 0 || off === 0) return { shown, toggle: null };
  const toggle = (
    <label className="inline-flex items-center gap-2 text-sm text-ink-2">
      <input
        type="checkbox"
        checked={all}
        onChange={() => change({ off: all ? undefined : "1" })}
        className="accent-(--accent)"
      />
      Also the {off} at providers that are off
    </label>
  );
  return { shown, toggle };
}
