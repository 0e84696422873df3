/** The states a list can be in that are not full: loading, empty, error. */

import type { UseQueryResult } from "@tanstack/react-query";
import { CircleAlert, Inbox } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Card } from "./parts";

export function Loading({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="animate-pulse space-y-2">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows that never move
        <div key={i} className="h-9 rounded-md bg-sunken" style={{ opacity: 1 - i / (rows + 2) }} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Card className="flex flex-col items-center gap-1 px-6 py-10 text-center">
      <Inbox size={22} aria-hidden className="mb-1 text-ink-3" />
      <p className="font-medium">{title}</p>
      {children ? <div className="max-w-md text-sm text-ink-2">{children}</div> : null}
    </Card>
  );
}

export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-3 rounded-lg border border-bad bg-bad-soft px-4 py-3 text-sm"
    >
      <CircleAlert size={16} aria-hidden className="shrink-0 text-bad" />
      <p className="min-w-0 flex-1 break-words">{error.message}</p>
      {retry ? (
        <Button small onClick={retry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** What a query has, drawn: one place where its states are told apart. */
export function Loaded<T>({
  query,
  children,
  empty,
  isEmpty,
  rows = 6,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
  rows?: number;
}) {
  if (query.data === undefined)
    return query.error ? (
      <Failed error={query.error} retry={() => query.refetch()} />
    ) : (
      <Loading rows={rows} />
    );
  if (empty && isEmpty?.(query.data)) return empty;
  return children(query.data);
}
