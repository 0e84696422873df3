/** Shapes of /api/internal as the pages use them. */

export interface Session {
  signed_in: boolean;
  csrf: string | null;
  public: boolean;
  demo: boolean;
  version: string;
  base_url: string;
  can_sign_in: boolean;
}

export interface Percentiles {
  p50: number;
  p75: number;
  p90: number;
  p99: number;
}

export interface ModelRow {
  slug: string;
  name: string;
  author: string;
  description: string;
  created: number;
  knowledge_cutoff: string | null;
  context_length: number;
  max_completion_tokens: number | null;
  input_modalities: string[];
  output_modalities: string[];
  price_prompt: string | null;
  price_completion: string | null;
  supported_parameters: string[];
  providers: string[];
  endpoints: number;
  on: number;
  free: boolean;
  open_weights: boolean;
  tags: string[];
  weekly_tokens: number;
  throughput_tps: number | null;
  ttft_ms: number | null;
  latency_ms: number | null;
  hugging_face_id: string | null;
}

export interface Named {
  slug: string;
  name: string;
}

export interface ModelList {
  models: ModelRow[];
  authors: Named[];
  providers: Named[];
  parameters: string[];
}

export interface DataPolicy {
  training: boolean | null;
  retains_prompts: boolean | null;
  retention_days: number | null;
  zdr: boolean | null;
  url: string | null;
}

export type Status = "ok" | "degraded" | "down" | "idle";

export interface DayUptime {
  day: string;
  uptime: number | null;
}

/** Rates of requests whose prompt is longer than the bound. */
export interface PriceTier {
  above_tokens: number;
  prompt: string;
  completion: string;
  input_cache_read?: string;
  input_cache_write?: string;
}

export interface Endpoint {
  tag: string;
  provider: string;
  provider_name: string;
  name: string;
  on: boolean;
  off_reason: string | null;
  region: string | null;
  quantization: string | null;
  context_length: number;
  max_completion_tokens: number | null;
  /** USD a token (request, web_search: each), by kind; null where nobody states the price. */
  pricing: Record<string, string | null>;
  price_tiers: PriceTier[];
  price_source: string | null;
  price_as_of: string | null;
  /** Why there is no price. */
  unpriced?: string | null;
  supported_parameters: string[];
  data_policy: DataPolicy;
  status: Status;
  latency_ms: Percentiles | null;
  ttft_ms: Percentiles | null;
  throughput_tps: Percentiles | null;
  measured_over: "30m" | "1d" | null;
  uptime: { last_5m: number | null; last_30m: number | null; last_1d: number | null };
  uptime_days: DayUptime[];
  share: number | null;
}

export type Honour = "honoured" | "translated" | "emulated" | "dropped";

export interface ParameterRow {
  name: string;
  type: string;
  range: string | null;
  default: string | null;
  description: string;
  by_endpoint: Record<string, Honour>;
}

export interface Standing {
  word: "Low" | "Avg" | "High";
  percentile: number;
}

export interface Model extends Omit<ModelRow, "endpoints"> {
  links: { label: string; url: string }[];
  variants: Named[];
  standing: { price: Standing | null; context: Standing | null };
  endpoints: Endpoint[];
  parameters: ParameterRow[];
  effective: { prompt: string | null; completion: string | null; cache_hit_rate: number | null };
}
