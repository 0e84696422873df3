/** Sums of money without a float: decimals as whole numbers with a scale. */

import type { Endpoint } from "@/api/types";

/** n / 10^scale. */
export interface Decimal {
  n: bigint;
  scale: number;
}

export const ZERO: Decimal = { n: 0n, scale: 0 };

/** "0.00000015", "1e-7", "-2" → a Decimal; throws on what is no number. */
export function decimal(text: string): Decimal {
  const parts = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text.trim());
  const [, sign, whole = "", part = "", power = "0"] = parts ?? [];
  if (!parts || whole + part === "") throw new Error(`not a decimal: ${text}`);
  const scale = part.length - Number(power);
  const n = BigInt(whole + part) * (sign ? -1n : 1n);
  return scale < 0 ? { n: n * 10n ** BigInt(-scale), scale: 0 } : { n, scale };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { n: at(a, scale) + at(b, scale), scale };
}

export function times(a: Decimal, count: number | bigint): Decimal {
  return { n: a.n * BigInt(count), scale: a.scale };
}

/** Below 0 when a is the smaller, 0 when they are equal. */
export function compared(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const gap = at(a, scale) - at(b, scale);
  return gap < 0n ? -1 : gap > 0n ? 1 : 0;
}

/** Plain digits without trailing zeros: "0.00045". */
export function written({ n, scale }: Decimal): string {
  const digits = (n < 0n ? -n : n).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const part = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${n < 0n ? "-" : ""}${whole}${part ? `.${part}` : ""}`;
}

function at(value: Decimal, scale: number): bigint {
  return value.n * 10n ** BigInt(scale - value.scale);
}

/** What is asked of the calculator; tokens are of one request. */
export interface Load {
  prompt_tok: number;
  completion_tok: number;
  /** Percent of the prompt that is read from a cache, 0 to 100. */
  cached_percent: number;
  requests: number;
}

export interface Cost {
  tag: string;
  /** USD. */
  request: Decimal;
  month: Decimal;
  /** The prompt is long enough for a dearer tier: its bound in tokens. */
  tier: number | null;
  /** No price for cached tokens is listed: they cost as much as any. */
  cache_unpriced: boolean;
}

/** List price of a load at an endpoint; null where a rate it needs is not stated. */
export function costOf(
  endpoint: Pick<Endpoint, "tag" | "pricing" | "price_tiers">,
  load: Load,
): Cost | null {
  const tier = tierOf(endpoint, load.prompt_tok);
  const prompt = tier?.prompt ?? endpoint.pricing.prompt;
  const completion = tier?.completion ?? endpoint.pricing.completion;
  if (!prompt || !completion) return null;
  const read = tier?.input_cache_read ?? endpoint.pricing.input_cache_read;
  const cached = Math.floor((load.prompt_tok * load.cached_percent) / 100);
  const request = [
    times(decimal(prompt), load.prompt_tok - cached),
    times(decimal(read ?? prompt), cached),
    times(decimal(completion), load.completion_tok),
    decimal(endpoint.pricing.request ?? "0"),
  ].reduce(plus, ZERO);
  return {
    tag: endpoint.tag,
    request,
    month: times(request, load.requests),
    tier: tier?.above_tokens ?? null,
    cache_unpriced: cached > 0 && !read,
  };
}

/** The dearest tier whose bound the prompt is over. */
function tierOf(endpoint: Pick<Endpoint, "price_tiers">, prompt_tok: number) {
  return endpoint.price_tiers
    .filter((tier) => prompt_tok > tier.above_tokens)
    .sort((a, b) => b.above_tokens - a.above_tokens)[0];
}

/** A whole number from a field of a form, within bounds; what is none is the fallback. */
export function whole(text: string | undefined, fallback: number, most: number): number {
  if (!text || !/^\d+$/.test(text)) return fallback;
  return Math.min(Number(text), most);
}
