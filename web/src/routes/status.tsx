import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { ProviderStatus, StatusPage } from "@/api/types";
import { UptimeBar } from "@/charts/small";
import { clock, percent, percentOf } from "@/ui/format";
import { Card, Mark, PageHead, Section, StatusDot, Tag } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";

const OVERALL = {
  ok: "Everything that is on answers",
  degraded: "Something answers badly",
  down: "Something does not answer",
  idle: "No traffic to judge by",
};

export function Page() {
  useTitle("Status");
  const query = useQuery({ ...pageQuery<StatusPage>("/status"), refetchInterval: 30_000 });
  return (
    <>
      <PageHead
        title="Status"
        about="What is failing now, and each provider's last 90 days, by this installation's own attempts."
      />
      <Loaded query={query} rows={10}>
        {(data) => <Board data={data} />}
      </Loaded>
    </>
  );
}

function Board({ data }: { data: StatusPage }) {
  const on = data.providers.filter((one) => one.on);
  const failing = on.flatMap((one) => one.failing.map((what) => ({ ...what, provider: one.name })));
  return (
    <>
      <Card className="mb-6 flex flex-wrap items-center gap-3 p-4">
        <StatusDot status={data.overall} />
        <p className="font-semibold">{OVERALL[data.overall]}</p>
        <p className="ml-auto text-sm text-ink-3">as of {clock(data.at)} UTC</p>
      </Card>
      <Section
        title="Failing now"
        about="Endpoints whose last minutes were worse than they should be."
      >
        {failing.length ? (
          <ul className="space-y-2">
            {failing.map((what) => (
              <li
                key={`${what.tag} ${what.model}`}
                className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-surface px-3.5 py-2.5 text-sm"
              >
                <StatusDot status={what.status} word />
                <Link to={`/${what.model}` as "/"} className="font-medium hover:text-accent">
                  {what.model}
                </Link>
                <span className="text-ink-2">at {what.provider}</span>
                {what.kind ? <Tag tone="bad">{what.kind.replaceAll("_", " ")}</Tag> : null}
                {what.share === null ? null : (
                  <span className="text-ink-3">{percent(what.share)} of attempts fail</span>
                )}
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-sm text-ink-2">Nothing.</p>
        )}
      </Section>
      <Section
        title="Providers"
        about="One bar a day: a full bar is a day without a failure, the shorter the more attempts failed; a flat grey bar is a day without traffic."
      >
        {on.length ? (
          <ul className="grid gap-3 lg:grid-cols-2">
            {on.map((provider) => (
              <ProviderRow key={provider.slug} provider={provider} />
            ))}
          </ul>
        ) : (
          <Empty title="No provider is on">
            Set a provider's key and it is watched from its first request.
          </Empty>
        )}
      </Section>
      <Section title="This installation">
        <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
          {data.local.map((part) => (
            <li
              key={part.name}
              className="rounded-lg border border-line bg-surface px-3.5 py-2.5 text-sm"
            >
              <p className="flex items-center justify-between font-medium">
                {part.name} <StatusDot status={part.status} />
              </p>
              <p className="text-xs text-ink-3">{part.detail}</p>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function ProviderRow({ provider }: { provider: ProviderStatus }) {
  return (
    <li className="min-w-0 rounded-lg border border-line bg-surface p-3.5">
      <div className="mb-2 flex items-center gap-2 text-sm">
        <Mark name={provider.name} />
        <Link
          to="/provider/$slug"
          params={{ slug: provider.slug }}
          className="truncate font-medium hover:text-accent"
        >
          {provider.name}
        </Link>
        <StatusDot status={provider.status} />
        <span className="ml-auto whitespace-nowrap text-ink-2" title="Uptime over 90 days">
          {percentOf(provider.uptime_90d)}
        </span>
      </div>
      <UptimeBar wide days={provider.days} label={`Uptime of ${provider.name}, 90 days`} />
    </li>
  );
}
