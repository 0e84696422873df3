/** Cells that several of the tabs' tables share. */

import { Link } from "@tanstack/react-router";
import type { Endpoint } from "@/api/types";
import { UptimeBar } from "@/charts/small";
import { percentOf, perMillion } from "@/ui/format";
import { Mark, StatusDot } from "@/ui/parts";
import { mean } from "./model";

export function ProviderCell({
  endpoint,
  why = true,
}: {
  /** Whether to say what would turn it on. */
  why?: boolean;
  endpoint: Pick<
    Endpoint,
    "provider" | "provider_name" | "tag" | "status" | "on" | "off_reason" | "region"
  >;
}) {
  return (
    <span className="flex min-w-40 items-start gap-2.5">
      <Mark name={endpoint.provider_name} size={22} />
      <span className="min-w-0">
        <span className="flex items-center gap-1.5">
          <Link
            to="/provider/$slug"
            params={{ slug: endpoint.provider }}
            className="font-medium whitespace-nowrap hover:underline"
          >
            {endpoint.provider_name}
          </Link>
          {endpoint.on ? <StatusDot status={endpoint.status} /> : null}
        </span>
        <span className="block font-mono text-xs whitespace-nowrap text-ink-3">
          {endpoint.tag}
          {endpoint.region ? ` · ${endpoint.region}` : ""}
        </span>
        {endpoint.on ? null : (
          <span className="block text-xs text-ink-3">
            Off{why && endpoint.off_reason ? `: ${endpoint.off_reason}` : ""}
          </span>
        )}
      </span>
    </span>
  );
}

/** A provider where only its name and tag are known. */
export function NameCell({ name, tag }: { name: string; tag: string }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5 whitespace-nowrap">
      <Mark name={name} size={22} />
      <span className="min-w-0">
        <span className="block truncate font-medium" title={name}>
          {name}
        </span>
        {tag.includes("/") ? (
          <span className="block truncate font-mono text-xs text-ink-3">{tag}</span>
        ) : null}
      </span>
    </span>
  );
}

/** A price with the dearer ones of long prompts below it. */
export function PriceCell({
  rate,
  tiers = [],
}: {
  rate: string | null | undefined;
  tiers?: { above: string; rate: string }[];
}) {
  return (
    <>
      {perMillion(rate)}
      {tiers.map((tier) => (
        <span key={tier.above} className="block text-xs text-ink-3">
          over {tier.above}: {perMillion(tier.rate)}
        </span>
      ))}
    </>
  );
}

/** Of the 30 days whose bars stand beside it; null without data. */
export function uptimeOf(endpoint: Pick<Endpoint, "uptime_days">): number | null {
  return mean(endpoint.uptime_days.map((day) => day.uptime));
}

export function UptimeCell({ endpoint }: { endpoint: Endpoint }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <UptimeBar
        days={endpoint.uptime_days}
        label={`Uptime of ${endpoint.provider_name}, last 30 days`}
      />
      <span className="text-xs" title={`Last day: ${percentOf(endpoint.uptime.last_1d)}`}>
        {percentOf(uptimeOf(endpoint))}
      </span>
    </span>
  );
}
