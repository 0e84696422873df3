/** Endpoints joined with what the routing answer says of them. */

import type { Endpoint, Honour } from "@/api/types";
import { perMillion, speed } from "@/ui/format";
import type { Sort } from "@/ui/table";
import type { Mode } from "./model";
import type { Routed, Routing } from "./types";

export interface ProviderRow {
  endpoint: Endpoint;
  /** Null while the answer is on its way, and for what it does not name. */
  routed: Routed | null;
}

/** In the order of the mode; then what may not serve, providers that are on first. */
export function providerRows(
  endpoints: readonly Endpoint[],
  routing: Routing | undefined,
): ProviderRow[] {
  const routed = new Map(routing?.endpoints.map((one) => [one.tag, one]));
  const rows = endpoints.map((endpoint) => ({
    endpoint,
    routed: routed.get(endpoint.tag) ?? null,
  }));
  const place = (row: ProviderRow) =>
    row.routed?.rank ?? (row.endpoint.on ? rows.length + 1 : rows.length + 2);
  return rows.sort((a, b) => place(a) - place(b));
}

/** Endpoints of providers that are on, then the others; else as they came. */
export function onFirst(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...endpoints].sort((a, b) => Number(b.on) - Number(a.on));
}

/** What a mode goes by at an endpoint, as far as it is measured; null where the reason says it all. */
export function factOf(mode: Mode, routed: Routed): string | null {
  if (routed.rank === null) return null;
  if (mode === "nitro")
    return routed.throughput_tps === null ? "speed not measured yet" : speed(routed.throughput_tps);
  if (mode === "floor") return routed.price && `${perMillion(routed.price)} per 1M, blended`;
  return null;
}

/** A reason as a sentence begins: "set A_KEY" → "Set A_KEY". */
export function begun(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** The endpoint that is tried first; null when none may serve. */
export function firstOf(routing: Routing): Routed | null {
  return routing.endpoints.find((one) => one.rank === 1) ?? null;
}

/** "price.desc" of the URL; null for the mode's own order. */
export function sortOf(text: string | undefined): Sort | null {
  const [id, way] = text?.split(".") ?? [];
  return id && (way === "asc" || way === "desc") ? { id, desc: way === "desc" } : null;
}

export function sortText(sort: Sort): string {
  return `${sort.id}.${sort.desc ? "desc" : "asc"}`;
}

const FATES: readonly Honour[] = ["honoured", "translated", "emulated", "forwarded", "dropped"];

export interface Fate {
  fate: Honour;
  /** Names of the providers; null when it is all of them. */
  names: string[] | null;
}

/** Who does what with a parameter, best first. */
export function fatesOf(
  by: Readonly<Record<string, Honour>>,
  endpoints: readonly Pick<Endpoint, "tag" | "provider_name">[],
): Fate[] {
  const known = endpoints.filter((endpoint) => by[endpoint.tag] !== undefined);
  return FATES.flatMap((fate) => {
    const of = known.filter((endpoint) => by[endpoint.tag] === fate);
    if (of.length === 0) return [];
    const names = [...new Set(of.map((endpoint) => endpoint.provider_name))];
    return [{ fate, names: of.length === known.length ? null : names }];
  });
}
