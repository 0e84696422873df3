/** Runs the sample's request with the session of whoever looks at the page. */

import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { Play, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { sessionQuery } from "@/api/queries";
import { count, duration, money, speed } from "@/ui/format";
import { Button, buttonStyle, Card } from "@/ui/parts";
import { Failed } from "@/ui/states";
import type { Mode } from "./model";
import { type Run, runSample } from "./run";
import { bodyOf, KEY, type Sample, TEXT } from "./samples";

export function TryIt({ slug, mode, by }: { slug: string; mode: Mode; by: Sample["by"] }) {
  const session = useQuery(sessionQuery).data;
  const back = useRouterState({ select: (state) => state.location.href });
  const [text, setText] = useState(TEXT);
  const [run, setRun] = useState<Run | null>(null);
  const stopper = useRef<AbortController | null>(null);
  useEffect(() => () => stopper.current?.abort(), []);
  const start = () => {
    stopper.current?.abort();
    const mine = new AbortController();
    stopper.current = mine;
    const body = bodyOf("chat", { base: "", slug, mode, by, stream: true, key: KEY, text });
    void runSample(body, mine.signal, (next) => {
      if (stopper.current === mine) setRun(next);
    });
  };
  if (session && !session.signed_in)
    return (
      <Card className="flex flex-wrap items-center gap-3 p-3.5 text-sm">
        <p className="min-w-0 flex-1">
          Running the sample here costs tokens, so it needs a session.
        </p>
        <Link to="/sign-in" search={{ back }} className={buttonStyle()}>
          Sign in to run it
        </Link>
      </Card>
    );
  return (
    <Card className="p-3.5">
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <label className="min-w-0 flex-1 basis-60 text-sm">
          <span className="mb-1 block font-medium">Prompt</span>
          <textarea
            rows={2}
            required
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="block w-full resize-y rounded-md border border-line bg-surface px-2.5 py-1.5 text-sm hover:border-line-strong focus:border-accent"
          />
        </label>
        {run?.state === "running" ? (
          // Keys: one button that turned into the other would submit with the click that stopped.
          <Button key="stop" onClick={() => stopper.current?.abort()}>
            <Square size={14} aria-hidden /> Stop
          </Button>
        ) : (
          <Button key="run" kind="main" type="submit" disabled={!session || !text.trim()}>
            <Play size={14} aria-hidden /> Run
          </Button>
        )}
      </form>
      {run ? <Output run={run} /> : null}
    </Card>
  );
}

function Output({ run }: { run: Run }) {
  return (
    <div className="mt-3 border-t border-line pt-3">
      {run.reasoning ? (
        <details className="mb-2 text-sm text-ink-2">
          <summary>Reasoning</summary>
          <p className="mt-1 whitespace-pre-wrap">{run.reasoning}</p>
        </details>
      ) : null}
      {run.text ? (
        <p className="max-w-3xl break-words whitespace-pre-wrap">{run.text}</p>
      ) : run.state === "running" ? (
        <p className="animate-pulse text-ink-3">Waiting for the first token</p>
      ) : null}
      {run.error ? (
        <div className="mt-2">
          <Failed error={new Error(run.error)} />
        </div>
      ) : null}
      <p role="status" className="mt-2 text-xs text-ink-2">
        {factsOf(run).join(" · ")}
      </p>
    </div>
  );
}

function factsOf(run: Run): string[] {
  const tokens = run.usage?.completion_tokens;
  return [
    { running: "Streaming", done: "Done", stopped: "Stopped", failed: "Failed" }[run.state],
    run.provider ? `served by ${run.provider}` : "",
    run.ttft_ms === null ? "" : `TTFT ${duration(run.ttft_ms)}`,
    run.total_ms === null ? "" : `${duration(run.total_ms)} in all`,
    run.usage
      ? `${count(run.usage.prompt_tokens)} + ${count(run.usage.completion_tokens)} tokens`
      : "",
    tokens && run.total_ms ? speed((tokens * 1000) / run.total_ms) : "",
    run.usage?.cost === undefined ? "" : money(run.usage.cost),
  ].filter(Boolean);
}
