/** Page state that lives in the URL, as flat text. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";

export type Flat = Record<string, string | undefined>;

/** The URL's search and how to change it; undefined or "" removes a name. Changes replace, they do not pile up. */
export function useFlat(): [Flat, (change: Flat) => void] {
  const search = useSearch({ strict: false }) as Flat;
  const navigate = useNavigate();
  const change = useCallback(
    (next: Flat) => {
      void navigate({
        to: ".",
        search: ((before: Flat) => ({ ...before, ...next })) as never,
        replace: true,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, change];
}

/** The value where it is one of those allowed, else the first of them. */
export function oneOf<T extends string>(
  value: string | undefined,
  allowed: readonly [T, ...T[]],
): T {
  return allowed.find((one) => one === value) ?? allowed[0];
}

export function listOf(value: string | undefined): string[] {
  return value ? value.split(",").filter(Boolean) : [];
}

/** Title of the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Turnout` : "Turnout";
  }, [title]);
}
