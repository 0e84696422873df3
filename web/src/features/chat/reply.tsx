/** One model's reply: thinking folded, text, calls, and what it took. */

import { ChevronLeft, ChevronRight, RotateCcw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { inputStyle } from "@/ui/choice";
import { compact, duration, money, speed } from "@/ui/format";
import { Button, CopyButton } from "@/ui/parts";
import { throughput } from "./chunk";
import type { Call, Reply, Round } from "./model";

const Markdown = lazy(() => import("@/ui/markdown/markdown"));

export interface ReplyActions {
  retry: () => void;
  show: (index: number) => void;
  answer: (results: string[]) => void;
}

export function ReplyView({
  reply,
  index,
  of,
  busy,
  actions,
}: {
  reply: Reply;
  index: number;
  of: number;
  busy: boolean;
  actions: ReplyActions;
}) {
  const last = reply.rounds.at(-1);
  const waits = reply.state === "done" && last?.calls.some((call) => call.result === null);
  const text = reply.rounds.map((round) => round.text).join("\n");
  return (
    <article aria-label={`Reply of ${reply.model}`} aria-busy={reply.state === "streaming"}>
      {reply.rounds.map((round, n) => (
        <RoundView
          // biome-ignore lint/suspicious/noArrayIndexKey: rounds are only appended
          key={n}
          round={round}
          thinking={reply.state === "streaming" && round === last && !round.text}
        />
      ))}
      {reply.state === "streaming" ? (
        <span
          role="status"
          aria-label="Answering"
          className="inline-block h-4 w-1.5 animate-pulse bg-accent align-text-bottom"
        />
      ) : null}
      {waits && last ? <Results calls={last.calls} send={actions.answer} /> : null}
      {reply.error ? (
        <p
          role="alert"
          className="mt-2 rounded-md bg-bad-soft px-2.5 py-1.5 text-sm break-words text-bad"
        >
          {reply.error}
        </p>
      ) : null}
      {reply.state === "stopped" ? <p className="mt-2 text-xs text-ink-3">Stopped.</p> : null}
      <footer className="mt-2 flex flex-wrap items-center gap-x-1 text-xs text-ink-3">
        <FiguresView reply={reply} />
        <span className="ml-auto flex items-center">
          {of > 1 ? <Pager index={index} of={of} show={actions.show} what="reply" /> : null}
          <CopyButton text={text} label="Copy reply" />
          <Button
            small
            kind="quiet"
            disabled={busy}
            onClick={actions.retry}
            aria-label="Retry"
            title="Retry"
          >
            <RotateCcw size={13} aria-hidden />
          </Button>
        </span>
      </footer>
    </article>
  );
}

function RoundView({ round, thinking }: { round: Round; thinking: boolean }) {
  return (
    <>
      {round.reasoning ? (
        <details className="mb-2 rounded-md border border-line bg-sunken px-2.5 py-1.5 text-sm text-ink-2">
          <summary className="text-xs font-medium">{thinking ? "Thinking…" : "Thinking"}</summary>
          <p className="mt-1.5 whitespace-pre-wrap">{round.reasoning}</p>
        </details>
      ) : null}
      {round.text ? (
        <Suspense fallback={<p className="whitespace-pre-wrap">{round.text}</p>}>
          <Markdown text={round.text} />
        </Suspense>
      ) : null}
      {round.calls.map((call) => (
        <CallView key={call.id} call={call} />
      ))}
    </>
  );
}

function CallView({ call }: { call: Call }) {
  return (
    <div className="my-2 rounded-md border border-line bg-sunken px-2.5 py-1.5 text-sm">
      <p className="text-xs text-ink-3">Calls a tool</p>
      <p className="font-mono text-[13px] break-all">
        <b>{call.name}</b>({call.arguments})
      </p>
      {call.result === null ? null : (
        <p className="mt-1 border-t border-line pt-1 font-mono text-[13px] whitespace-pre-wrap">
          {call.result}
        </p>
      )}
    </div>
  );
}

/** The reader stands in for the tools. */
function Results({ calls, send }: { calls: Call[]; send: (results: string[]) => void }) {
  const [results, setResults] = useState(calls.map(() => ""));
  return (
    <form
      className="mt-2 space-y-2"
      onSubmit={(event) => {
        event.preventDefault();
        send(results);
      }}
    >
      {calls.map((call, n) => (
        <label key={call.id} className="block text-xs text-ink-2">
          Result of {call.name}
          <input
            className={`${inputStyle} mt-0.5 w-full font-mono`}
            value={results[n]}
            onChange={(event) =>
              setResults(results.map((one, at) => (at === n ? event.target.value : one)))
            }
          />
        </label>
      ))}
      <Button small type="submit">
        Send {calls.length > 1 ? "results" : "result"}
      </Button>
    </form>
  );
}

function FiguresView({ reply }: { reply: Reply }) {
  const { figures } = reply;
  if (!figures) return null;
  const parts: [string, string][] = [
    ["Provider", reply.provider ?? "–"],
    [
      "Tokens in and out",
      `${compact(figures.prompt_tok)} in, ${compact(figures.completion_tok)} out`,
    ],
    ["Cost", money(figures.cost)],
    ["Time to first token", `TTFT ${duration(figures.ttft_ms)}`],
    ["Throughput after the first token", speed(throughput(figures))],
  ];
  return (
    <span className="flex flex-wrap gap-x-2.5">
      {parts.map(([label, text]) => (
        <span key={label} title={label}>
          {text}
        </span>
      ))}
    </span>
  );
}

export function Pager({
  index,
  of,
  show,
  what,
}: {
  index: number;
  of: number;
  show: (index: number) => void;
  what: string;
}) {
  return (
    <span className="inline-flex items-center">
      <Button
        small
        kind="quiet"
        disabled={index === 0}
        onClick={() => show(index - 1)}
        aria-label={`Earlier ${what}`}
      >
        <ChevronLeft size={13} aria-hidden />
      </Button>
      <span>
        {index + 1}/{of}
      </span>
      <Button
        small
        kind="quiet"
        disabled={index === of - 1}
        onClick={() => show(index + 1)}
        aria-label={`Later ${what}`}
      >
        <ChevronRight size={13} aria-hidden />
      </Button>
    </span>
  );
}
