/** Answers of the routes below /api/internal/models/{author}/{slug}, as the tabs read them. */

import type { DayUptime, Percentiles } from "@/api/types";

export interface Routed {
  tag: string;
  provider_name: string;
  on: boolean;
  /** From 1; null when it may not serve. */
  rank: number | null;
  /** Of first tries, 0 to 1; null where the order is fixed. */
  share: number | null;
  reason: string;
  dropped: boolean;
  price: string | null;
  ttft_ms: number | null;
  throughput_tps: number | null;
  uptime: number | null;
}

export interface Routing {
  mode: string;
  policy: string;
  endpoints: Routed[];
}

export interface Tagged {
  tag: string;
  name: string;
}

export interface PerformancePoint {
  at: number;
  tag: string;
  requests: number;
  throughput_tps: Percentiles | null;
  ttft_ms: Percentiles | null;
  latency_ms: Percentiles | null;
  tool_error_rate: number | null;
  structured_error_rate: number | null;
  cache_hit_rate: number | null;
}

export interface Performance {
  step_s: number;
  providers: Tagged[];
  points: PerformancePoint[];
}

export interface Effective {
  prompt: string | null;
  completion: string | null;
  cache_hit_rate: number | null;
  tokens: number;
}

export interface EndpointPrice extends Tagged, Effective {
  list_prompt: string | null;
  list_completion: string | null;
}

/** A day at an endpoint; tag "" is the model over all of them. */
export interface DayPrice extends Effective {
  day: string;
  tag: string;
}

export interface Pricing {
  effective: Effective;
  providers: EndpointPrice[];
  days: DayPrice[];
}

export interface ModelApp {
  app: string;
  title: string;
  url: string | null;
  tokens: number;
  requests: number;
  share: number;
}

/** Cached tokens are prompt tokens too, reasoning tokens completion tokens. */
export interface UseDay {
  day: string;
  requests: number;
  prompt: number;
  completion: number;
  reasoning: number;
  cached: number;
  cost: string;
  tool_answers: number;
}

export interface Both {
  with_routing: number | null;
  without_routing: number | null;
}

export interface EndpointUptime extends Tagged {
  days: DayUptime[];
  hours: { at: number; uptime: number | null }[];
}

export interface Uptime {
  days: (Both & { day: string })[];
  hours: (Both & { at: number })[];
  providers: EndpointUptime[];
}

export interface Score {
  benchmark: string;
  name: string;
  score_percent: number;
  source: string;
  source_url: string | null;
  as_of: string | null;
  run_count: number | null;
  cost: string | null;
  rank: number;
  of: number;
  /** Of the models that have the score, the percent below it. */
  percentile: number;
}
