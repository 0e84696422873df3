import type { KeyRow as Row } from "@/api/types";

export const KEYS = ["keys"];

/** Amounts of the public keys API are JSON numbers in USD. */
export type Key = Omit<
  Row,
  "limit" | "limit_remaining" | "usage" | "usage_daily" | "usage_weekly" | "usage_monthly"
> & {
  limit: number | null;
  limit_remaining: number | null;
  usage: number;
  usage_daily: number;
  usage_weekly: number;
  usage_monthly: number;
};

export type State = "active" | "disabled" | "expired" | "spent";

export function stateOf(key: Key, now: number): State {
  if (key.disabled) return "disabled";
  if (key.expires_at && Date.parse(key.expires_at) <= now) return "expired";
  return key.limit_remaining !== null && key.limit_remaining <= 0 ? "spent" : "active";
}
