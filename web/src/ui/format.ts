/**
 * Every number of the site is written here, so that it reads the same on all pages.
 * Money comes as decimal strings in USD; it is only turned into a number to be drawn or rounded.
 */

const NONE = "–";

/** A price a token as USD a million tokens: "0.00000015" → "$0.15". */
export function perMillion(rate: string | null | undefined): string {
  if (rate === null || rate === undefined) return NONE;
  return priced(shifted(rate, 6));
}

/** The number of USD a million tokens, for sorting and charts; null stays null. */
export function perMillionNumber(rate: string | null | undefined): number | null {
  return rate === null || rate === undefined ? null : Number(shifted(rate, 6));
}

/** A sum in USD: "$12.35", "$0.000123"; at least two digits, at most three significant below a cent. */
export function money(usd: string | number | null | undefined): string {
  if (usd === null || usd === undefined) return NONE;
  const value = Number(usd);
  if (value === 0) return "$0";
  const size = Math.abs(value);
  if (size >= 100_000) return `$${compact(value)}`;
  if (size >= 0.01)
    return `$${value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: size < 1 ? 4 : 2 })}`;
  return `$${trimmed(value.toFixed(Math.min(12, 2 - Math.floor(Math.log10(size)))))}`;
}

function priced(usd: string): string {
  const value = Number(usd);
  if (value === 0) return "$0";
  if (value >= 100) return `$${value.toLocaleString("en-US", { maximumFractionDigits: 0 })}`;
  const digits = value >= 0.01 ? trimmed(value.toFixed(4)) : trimmed(value.toFixed(6));
  const [whole, part = ""] = digits.split(".");
  return `$${whole}.${part.padEnd(2, "0")}`;
}

function trimmed(digits: string): string {
  return digits.includes(".") ? digits.replace(/0+$/, "").replace(/\.$/, "") : digits;
}

/** A decimal string with its point moved right, exactly: ("0.00000015", 6) → "0.15". */
export function shifted(decimal: string, places: number): string {
  if (/e/i.test(decimal)) return String(Number(decimal) * 10 ** places);
  const sign = decimal.startsWith("-") ? "-" : "";
  const [whole = "0", part = ""] = decimal.replace("-", "").split(".");
  const digits = whole + part.padEnd(places, "0");
  const point = whole.length + places;
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, "");
  const right = digits.slice(point).replace(/0+$/, "");
  return sign + (right ? `${left}.${right}` : left);
}

/** 7190000000 → "7.19B"; 128000 → "128K". */
export function compact(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  for (const [unit, letter] of UNITS)
    if (size >= unit * 0.9995) return `${significant(value / unit)}${letter}`;
  return Number.isInteger(value) ? String(value) : significant(value);
}

const UNITS: [number, string][] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
];

function significant(value: number): string {
  const size = Math.abs(value);
  return trimmed(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2));
}

/** A context length as the field writes it: 128000 → "128K", 131072 → "131K", 1048576 → "1.05M". */
export const context = compact;

/** Milliseconds: "85 ms", "1.24 s", "2 min". */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** Tokens a second: "84 tok/s". */
export function speed(tps: number | null | undefined): string {
  if (tps === null || tps === undefined) return NONE;
  return `${tps >= 100 ? Math.round(tps).toLocaleString("en-US") : significant(tps)} tok/s`;
}

/** A fraction 0..1 as percent: "12.3 %"; never rounded up to 100. */
export function percent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined) return NONE;
  return percentOf(share * 100, digits);
}

/** Percent 0..100, as uptime is: "99.95 %"; what is not quite 100 never reads so. */
export function percentOf(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return NONE;
  const shown =
    value < 100 && Number(value.toFixed(digits)) >= 100
      ? (100 - 10 ** -digits).toFixed(digits)
      : value.toFixed(digits);
  return `${value === Math.round(value) ? trimmed(shown) : shown} %`;
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : value.toLocaleString("en-US");
}

const DATE = new Intl.DateTimeFormat("en-US", {
  year: "numeric",
  month: "short",
  day: "numeric",
  timeZone: "UTC",
});
const MONTH = new Intl.DateTimeFormat("en-US", {
  year: "numeric",
  month: "short",
  timeZone: "UTC",
});
const SHORT = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
const CLOCK = new Intl.DateTimeFormat("en-US", {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: "UTC",
});

/** Unix seconds or "YYYY-MM-DD" → "Jul 18, 2024"; "YYYY-MM" → "Oct 2023". UTC. */
export function date(at: number | string | null | undefined): string {
  if (at === null || at === undefined || at === "") return NONE;
  if (typeof at === "number") return DATE.format(at * 1000);
  const parsed = Date.parse(at.length === 7 ? `${at}-01` : at);
  if (Number.isNaN(parsed)) return at;
  return (at.length === 7 ? MONTH : DATE).format(parsed);
}

/** A knowledge cutoff is known by the month: "2023-10-01" → "Oct 2023". */
export function month(at: string | null | undefined): string {
  return at ? date(at.slice(0, 7)) : NONE;
}

/** For axes: "Nov 3". */
export function shortDate(at: number | string): string {
  return SHORT.format(typeof at === "number" ? at * 1000 : Date.parse(at));
}

/** "Nov 3, 14:05" UTC. */
export function clock(at: number): string {
  return CLOCK.format(at * 1000);
}

/** "3 min ago", "2 days ago". */
export function ago(at: number, now: number = Date.now() / 1000): string {
  const seconds = Math.max(0, now - at);
  for (const [unit, name] of SPANS) {
    const n = Math.floor(seconds / unit);
    if (n >= 1) return `${n} ${name}${n > 1 && name !== "min" && name !== "h" ? "s" : ""} ago`;
  }
  return "just now";
}

const SPANS: [number, string][] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [86_400, "day"],
  [3600, "h"],
  [60, "min"],
];
