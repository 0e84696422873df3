/** The overview's cards that come with traffic; each asks for its own numbers. */

import { useQuery } from "@tanstack/react-query";
import { BarChart } from "@/charts/bars";
import { ShareBar, UptimeBar } from "@/charts/small";
import { compact, percentOf, shortDate } from "@/ui/format";
import { Loaded } from "@/ui/states";
import { AppName } from "./apps";
import { mean } from "./model";
import { nothing, Part } from "./overview-part";
import { activityQuery, appsQuery, benchmarksQuery, uptimeQuery } from "./queries";
import { TOKEN_PARTS, tokenPoints } from "./series";
import type { TabProps } from "./view";

export function UptimePart(props: TabProps) {
  const query = useQuery(uptimeQuery(props.model.slug));
  return (
    <Part {...props} title="Uptime" tab="uptime" about="Requests that succeeded, last 30 days">
      <Loaded
        query={query}
        rows={2}
        isEmpty={(data) => data.days.every((day) => day.with_routing === null)}
        empty={nothing("No request yet: uptime is measured on real traffic.")}
      >
        {(data) => (
          <>
            <UptimeBar
              wide
              label="With routing"
              days={data.days.map((day) => ({ day: day.day, uptime: day.with_routing }))}
            />
            <p className="mt-2 text-sm">
              <b className="font-semibold">
                {percentOf(mean(data.days.map((day) => day.with_routing)))}
              </b>{" "}
              with routing,{" "}
              <b className="font-semibold">
                {percentOf(mean(data.days.map((day) => day.without_routing)))}
              </b>{" "}
              without
            </p>
          </>
        )}
      </Loaded>
    </Part>
  );
}

export function BenchmarksPart(props: TabProps) {
  const query = useQuery(benchmarksQuery(props.model.slug));
  return (
    <Part {...props} title="Benchmarks" tab="benchmarks" about="Published or measured scores">
      <Loaded
        query={query}
        rows={3}
        isEmpty={(data) => data.scores.length === 0}
        empty={nothing("No score of this model is known.")}
      >
        {(data) => (
          <ul className="grid gap-y-1.5 text-sm">
            {data.scores.slice(0, 4).map((score) => (
              <li key={`${score.benchmark} ${score.source}`} className="flex items-center gap-3">
                <span className="w-32 shrink-0 truncate text-ink-2">{score.name}</span>
                <ShareBar
                  share={score.score_percent / 100}
                  text={percentOf(score.score_percent, 1)}
                />
                <span className="ml-auto text-xs whitespace-nowrap text-ink-3">
                  {score.rank} of {score.of}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Part>
  );
}

export function ActivityPart(props: TabProps) {
  const query = useQuery(activityQuery(props.model.slug));
  return (
    <Part {...props} title="Activity" tab="activity" about="Tokens by day, last 30 days">
      <Loaded
        query={query}
        rows={3}
        isEmpty={(data) => data.days.every((day) => day.requests === 0)}
        empty={nothing("No request yet.")}
      >
        {(data) => (
          <div className="[&>figure]:border-0 [&>figure]:bg-transparent [&>figure]:p-0">
            {" "}
            <BarChart
              label="Tokens by day"
              summary={`${compact(data.days.reduce((sum, day) => sum + day.prompt + day.completion, 0))} in ${data.days.length} days.`}
              series={TOKEN_PARTS}
              points={tokenPoints(data.days)}
              format={compact}
              formatAt={shortDate}
              height={140}
            />
          </div>
        )}
      </Loaded>
    </Part>
  );
}

export function AppsPart(props: TabProps) {
  const query = useQuery(appsQuery(props.model.slug));
  return (
    <Part {...props} title="Apps" tab="apps" about="Most tokens, last 30 days">
      <Loaded
        query={query}
        rows={3}
        isEmpty={(data) => data.apps.length === 0}
        empty={nothing("No app has named itself yet.")}
      >
        {(data) => (
          <ul className="grid gap-y-2 text-sm">
            {data.apps.slice(0, 6).map((app) => (
              <li key={app.app} className="flex items-center justify-between gap-3">
                <AppName app={app} />
                <span className="text-ink-2">{compact(app.tokens)}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Part>
  );
}
