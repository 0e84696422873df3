/** What the model page is made of: its tabs, its modes, and the words for what a model is. */

import type { Endpoint, Model } from "@/api/types";
import { context, money, percentOf, perMillion } from "@/ui/format";

export const TABS = [
  { id: "overview", label: "Overview" },
  { id: "providers", label: "Providers" },
  { id: "performance", label: "Performance" },
  { id: "pricing", label: "Pricing" },
  { id: "benchmarks", label: "Benchmarks" },
  { id: "apps", label: "Apps" },
  { id: "activity", label: "Activity" },
  { id: "uptime", label: "Uptime" },
  { id: "quickstart", label: "Quick start" },
  { id: "api", label: "API" },
] as const;
export type TabId = (typeof TABS)[number]["id"];

/** The tab of an address; the bare address is the overview, an unknown tab is none. */
export function tabOf(name: string | undefined): TabId | null {
  return TABS.find((tab) => tab.id === (name ?? "overview"))?.id ?? null;
}

export const MODES = ["balanced", "nitro", "exacto", "floor"] as const;
export type Mode = (typeof MODES)[number];

/** `sort` is the mode as a field of the request, `provider.sort`; null for the default. */
export const MODE_FACTS: Record<
  Mode,
  { label: string; about: string; sort: "throughput" | "exacto" | "price" | null }
> = {
  balanced: { label: "Balanced", about: "Price against speed: the default.", sort: null },
  nitro: { label: "Nitro", about: "The fastest provider first.", sort: "throughput" },
  exacto: { label: "Exacto", about: "One provider, chosen for quality.", sort: "exacto" },
  floor: { label: "Floor", about: "The cheapest provider first.", sort: "price" },
};

/** The name a request uses: the slug, with the mode as a suffix where it is not the default. */
export function nameIn(slug: string, mode: Mode): string {
  return mode === "balanced" ? slug : `${slug}:${mode}`;
}

/** "openai/gpt-4o:free" → its two parts of the address. */
export function partsOf(slug: string): { author: string; slug: string } {
  const [author = "", ...rest] = slug.split("/");
  return { author, slug: rest.join("/") };
}

/** The price that stands for the model: its primary endpoint's, else the lowest known. */
export function headPrice(model: Pick<Model, "endpoints" | "price_prompt" | "price_completion">): {
  prompt: string | null;
  completion: string | null;
} {
  const { prompt, completion } = model.endpoints[0]?.pricing ?? {};
  if (prompt && completion) return { prompt, completion };
  return { prompt: model.price_prompt, completion: model.price_completion };
}

/** "$0.15 / $0.60", of a million tokens in and out; one dash where neither is known. */
export function pricePair(prompt: string | null, completion: string | null): string {
  if (prompt === null && completion === null) return perMillion(null);
  return `${perMillion(prompt)} / ${perMillion(completion)}`;
}

/** This model and its other rows, as the variant select has them: "Standard", "free". */
export function variantsOf(
  model: Pick<Model, "slug" | "name" | "variants">,
): { value: string; label: string }[] {
  if (model.variants.length === 0) return [];
  const rows = [{ slug: model.slug, name: model.name }, ...model.variants];
  return rows
    .sort((a, b) => a.slug.length - b.slug.length)
    .map((row) => ({
      value: row.slug,
      label: row.slug.split(":").slice(1).join(":") || "Standard",
    }));
}

export interface Piece {
  text: string;
  /** Where it leads; only http and https addresses do. */
  href: string | null;
}

/** Paragraphs of a description, links written as in markdown taken apart. */
export function paragraphs(text: string): Piece[][] {
  return text
    .split(/\n\s*\n/)
    .map((one) => one.trim())
    .filter(Boolean)
    .map(pieces);
}

function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const link of text.matchAll(/\[([^\]]+)\]\((\S+?)\)/g)) {
    found.push({ text: text.slice(end, link.index), href: null });
    const href = link[2] ?? "";
    found.push({ text: link[1] ?? "", href: /^https?:\/\//.test(href) ? href : null });
    end = link.index + link[0].length;
  }
  found.push({ text: text.slice(end), href: null });
  return found.filter((piece) => piece.text);
}

/** Where a number stands among all models: "lower than 83 % of models". */
export function standingNote(percentile: number): string {
  if (percentile <= 0) return "the lowest of all models";
  if (percentile >= 100) return "the highest of all models";
  return percentile < 50
    ? `lower than ${percentOf(100 - percentile, 0)} of models`
    : `higher than ${percentOf(percentile, 0)} of models`;
}

const KINDS: Partial<Record<keyof Endpoint["pricing"], string>> = {
  input_cache_write: "Cache write",
  input_cache_write_1h: "Cache write, 1 h",
  image: "Image in",
  audio: "Audio in",
  video: "Video in",
  image_output: "Image out",
  audio_output: "Audio out",
  internal_reasoning: "Reasoning",
  request: "Request",
  web_search: "Web search",
};
/** Not by the token. */
const EACH = new Set(["request", "web_search"]);

/** Prices beside prompt, completion and cache reads: "Cache write $0.30", "Request $0.005 each". */
export function otherPrices(pricing: Endpoint["pricing"]): { label: string; price: string }[] {
  return Object.entries(KINDS).flatMap(([kind, label]) => {
    const rate = pricing[kind as keyof typeof pricing];
    if (!rate || Number(rate) === 0) return [];
    return [{ label, price: EACH.has(kind) ? `${money(rate)} each` : perMillion(rate) }];
  });
}

/** "Over 200K prompt tokens: $2.50 / $15.00". */
export function tierLines(endpoint: Pick<Endpoint, "price_tiers">): string[] {
  return endpoint.price_tiers.map(
    (tier) =>
      `Over ${context(tier.above_tokens)}: ${perMillion(tier.prompt)} / ${perMillion(tier.completion)}`,
  );
}

/** Mean of a series' known values; null without any. */
export function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
