/** The rows of a comparison: a figure of each model, and which of them is best; pure. */

import type { Model } from "@/api/types";
import {
  compact,
  date,
  duration,
  month,
  percentOf,
  perMillion,
  perMillionNumber,
  speed,
} from "@/ui/format";

export interface Line {
  label: string;
  about?: string;
  cells: string[];
  /** Indices of the best, empty where best means nothing or all are equal. */
  best: number[];
}

export interface Group {
  title: string;
  about: string;
  lines: Line[];
}

type Better = "low" | "high" | null;

function line(
  label: string,
  models: readonly Model[],
  figure: (m: Model) => number | null,
  text: (m: Model) => string,
  better: Better = null,
): Line {
  return { label, cells: models.map(text), best: bestOf(models.map(figure), better) };
}

export function bestOf(figures: (number | null)[], better: Better): number[] {
  const known = figures.filter((n): n is number => n !== null);
  if (!better || known.length < 2 || new Set(known).size < 2) return [];
  const best = better === "low" ? Math.min(...known) : Math.max(...known);
  return figures.flatMap((n, at) => (n === best ? [at] : []));
}

export function groups(models: readonly Model[]): Group[] {
  return [
    {
      title: "Facts",
      about: "From the catalog.",
      lines: [
        line(
          "Author",
          models,
          () => null,
          (m) => m.author_name,
        ),
        line(
          "Released",
          models,
          () => null,
          (m) => date(m.created || null),
        ),
        line(
          "Knowledge cutoff",
          models,
          () => null,
          (m) => month(m.knowledge_cutoff),
        ),
        line(
          "Context",
          models,
          (m) => m.context_length,
          (m) => compact(m.context_length),
          "high",
        ),
        line(
          "Max output",
          models,
          (m) => m.max_completion_tokens,
          (m) => compact(m.max_completion_tokens),
          "high",
        ),
        line(
          "Takes",
          models,
          () => null,
          (m) => m.input_modalities.join(", "),
        ),
        line(
          "Gives",
          models,
          () => null,
          (m) => m.output_modalities.join(", "),
        ),
        line(
          "Weights",
          models,
          () => null,
          (m) => (m.open_weights ? "Open" : "Closed"),
        ),
        line(
          "Providers",
          models,
          (m) => m.providers.length,
          (m) => String(m.providers.length),
          "high",
        ),
      ],
    },
    {
      title: "Prices",
      about:
        "USD for a million tokens, of the first provider; effective prices are what tokens really cost here in the last 30 days.",
      lines: [
        line(
          "Input",
          models,
          (m) => perMillionNumber(m.price_prompt),
          (m) => perMillion(m.price_prompt),
          "low",
        ),
        line(
          "Output",
          models,
          (m) => perMillionNumber(m.price_completion),
          (m) => perMillion(m.price_completion),
          "low",
        ),
        line("Cached input", models, cachedNumber, cachedText, "low"),
        line(
          "Effective input",
          models,
          (m) => perMillionNumber(m.effective.prompt),
          (m) => perMillion(m.effective.prompt),
          "low",
        ),
        line(
          "Effective output",
          models,
          (m) => perMillionNumber(m.effective.completion),
          (m) => perMillion(m.effective.completion),
          "low",
        ),
      ],
    },
    {
      title: "Measured",
      about:
        "Median of the best endpoint over this installation's own traffic; a dash is no traffic.",
      lines: [
        line(
          "Throughput",
          models,
          (m) => m.throughput_tps,
          (m) => speed(m.throughput_tps),
          "high",
        ),
        line(
          "TTFT",
          models,
          (m) => m.ttft_ms,
          (m) => duration(m.ttft_ms),
          "low",
        ),
        line(
          "Latency",
          models,
          (m) => m.latency_ms,
          (m) => duration(m.latency_ms),
          "low",
        ),
        line("Uptime, last day", models, uptime, (m) => percentOf(uptime(m)), "high"),
        line(
          "Tokens, 7 days",
          models,
          () => null,
          (m) => (m.weekly_tokens ? compact(m.weekly_tokens) : "–"),
        ),
      ],
    },
  ];
}

const cacheReads = (model: Model) =>
  model.endpoints
    .map((e) => e.pricing.input_cache_read)
    .filter((price): price is string => typeof price === "string");

function cachedNumber(model: Model): number | null {
  const prices = cacheReads(model).map((price) => perMillionNumber(price) ?? 0);
  return prices.length ? Math.min(...prices) : null;
}

function cachedText(model: Model): string {
  const least = cachedNumber(model);
  return perMillion(cacheReads(model).find((price) => perMillionNumber(price) === least));
}

function uptime(model: Model): number | null {
  const known = model.endpoints.map((e) => e.uptime.last_1d).filter((n): n is number => n !== null);
  return known.length ? Math.max(...known) : null;
}

/** Parameters that any of them takes, and who does. */
export function parameters(models: readonly Model[]): { name: string; by: boolean[] }[] {
  const names = [...new Set(models.flatMap((m) => m.supported_parameters))].sort();
  return names.map((name) => ({
    name,
    by: models.map((m) => m.supported_parameters.includes(name)),
  }));
}
