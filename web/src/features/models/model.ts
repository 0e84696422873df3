/** Which models a filter keeps and in which order; pure, so that the page is one line of it. */

import { search } from "@/api/search";
import type { ModelRow } from "@/api/types";
import { perMillionNumber } from "@/ui/format";
import { type Flat, listOf, oneOf } from "@/ui/search-state";

export const ORDERS = [
  "top-weekly",
  "newest",
  "pricing-low-to-high",
  "pricing-high-to-low",
  "context-high-to-low",
  "throughput-high-to-low",
  "latency-low-to-high",
  "name",
] as const;
export type Order = (typeof ORDERS)[number];

export const ORDER_WORDS: Record<Order, string> = {
  "top-weekly": "Most used",
  newest: "Newest",
  "pricing-low-to-high": "Price: low to high",
  "pricing-high-to-low": "Price: high to low",
  "context-high-to-low": "Context: long to short",
  "throughput-high-to-low": "Throughput: high to low",
  "latency-low-to-high": "Latency: low to high",
  name: "Name",
};

export interface Filter {
  q: string;
  order: Order | null;
  input: string[];
  output: string[];
  /** Least context, tokens. */
  context: number;
  /** Most for a million prompt tokens, USD; null for any. */
  maxPrice: number | null;
  parameters: string[];
  providers: string[];
  authors: string[];
  free: boolean;
  open: boolean;
  /** Only what can be called now. */
  on: boolean;
}

/** From the URL; the names are those of the public API's query. */
export function filterOf(flat: Flat): Filter {
  const price = Number(flat.max_price);
  return {
    q: flat.q ?? "",
    order: flat.order ? oneOf(flat.order, ORDERS) : null,
    input: listOf(flat.input_modalities),
    output: listOf(flat.output_modalities),
    context: Number(flat.context) || 0,
    maxPrice: flat.max_price && price >= 0 ? price : null,
    parameters: listOf(flat.supported_parameters),
    providers: listOf(flat.providers),
    authors: listOf(flat.model_authors),
    free: flat.pricing === "free",
    open: flat.weights === "open",
    on: flat.on === "1",
  };
}

/** How many conditions are set, the search and the order aside. */
export function conditions(filter: Filter): number {
  const lists = [filter.input, filter.output, filter.parameters, filter.providers, filter.authors];
  return (
    lists.reduce((n, list) => n + list.length, 0) +
    [filter.context > 0, filter.maxPrice !== null, filter.free, filter.open, filter.on].filter(
      Boolean,
    ).length
  );
}

export function chosen(models: readonly ModelRow[], filter: Filter): ModelRow[] {
  const found = search(models, filter.q).filter((model) => keeps(model, filter));
  return filter.order ? inOrder(found, filter.order) : found;
}

function keeps(model: ModelRow, filter: Filter): boolean {
  const price = perMillionNumber(model.price_prompt);
  return (
    all(filter.input, model.input_modalities) &&
    all(filter.output, model.output_modalities) &&
    all(filter.parameters, model.supported_parameters) &&
    any(filter.providers, model.providers) &&
    any(filter.authors, [model.author]) &&
    model.context_length >= filter.context &&
    (filter.maxPrice === null || (price !== null && price <= filter.maxPrice)) &&
    (!filter.free || model.free) &&
    (!filter.open || model.open_weights) &&
    (!filter.on || model.on > 0)
  );
}

const all = (wanted: string[], has: string[]) => wanted.every((one) => has.includes(one));
const any = (wanted: string[], has: string[]) =>
  !wanted.length || wanted.some((one) => has.includes(one));

/** The figure an order goes by; null is unknown and comes last whatever the direction. */
const BY: Record<Order, (model: ModelRow) => number | null> = {
  "top-weekly": (m) => -m.weekly_tokens,
  newest: (m) => -m.created,
  "pricing-low-to-high": (m) => perMillionNumber(m.price_prompt),
  "pricing-high-to-low": (m) => negative(perMillionNumber(m.price_prompt)),
  "context-high-to-low": (m) => -m.context_length,
  "throughput-high-to-low": (m) => negative(m.throughput_tps),
  "latency-low-to-high": (m) => m.latency_ms,
  name: () => 0,
};

const negative = (n: number | null) => (n === null ? null : -n);

function inOrder(models: ModelRow[], order: Order): ModelRow[] {
  const by = BY[order];
  return [...models].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    if (x === null || y === null)
      return x === y ? a.name.localeCompare(b.name) : x === null ? 1 : -1;
    return x - y || a.name.localeCompare(b.name);
  });
}

/** A list in the URL with one entry put in or taken out. */
export function toggled(list: string[], one: string): string {
  return (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]).join(",");
}
