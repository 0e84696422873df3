/** The sample that was chosen: its dialect, its language, streaming, and how the mode is asked for. */

import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/api/queries";
import { Select, Switch } from "@/ui/choice";
import { Code } from "@/ui/code";
import { type Flat, useFlat } from "@/ui/search-state";
import type { Mode } from "./model";
import { DIALECTS, type Dialect, dialectsOf, KEY, type Sample, TEXT } from "./samples";

/** Where requests go: the session's word, else where the page came from. */
export function useBase(): string {
  return useQuery(sessionQuery).data?.base_url ?? `${location.origin}/api/v1`;
}

/** What the URL says of the sample, made whole. */
export function choiceOf(flat: Flat, outputs: readonly string[]) {
  const dialects = dialectsOf(outputs);
  const dialect = dialects.find((one) => one === flat.api) ?? (dialects[0] as Dialect);
  const { languages } = DIALECTS[dialect];
  const language = languages.find((one) => one.id === flat.lang) ?? languages[0];
  const by: Sample["by"] = flat.as === "field" ? "field" : "suffix";
  return { dialects, dialect, languages, language, by, stream: flat.stream === "1" };
}

export function CodeSamples({
  slug,
  mode,
  outputs,
}: {
  slug: string;
  mode: Mode;
  outputs: readonly string[];
}) {
  const [flat, change] = useFlat();
  const base = useBase();
  const { dialects, dialect, languages, language, by, stream } = choiceOf(flat, outputs);
  const streams = dialect !== "embeddings" && dialect !== "rerank";
  if (!language) return null;
  const text = language.write({ base, slug, mode, by, stream, key: KEY, text: TEXT });
  return (
    <>
      <div className="mb-2.5 flex flex-wrap items-center gap-2.5">
        {dialects.length > 1 ? (
          <Switch
            label="Dialect"
            value={dialect}
            options={dialects.map((value) => ({ value, label: DIALECTS[value].label }))}
            onChange={(api) => change({ api: api === dialects[0] ? undefined : api })}
          />
        ) : null}
        <Select
          label="Language"
          value={language.id}
          options={languages.map(({ id, label }) => ({ value: id, label }))}
          onChange={(lang) => change({ lang: lang === languages[0]?.id ? undefined : lang })}
        />
        {streams ? (
          <Check
            label="Stream"
            on={stream}
            onChange={(on) => change({ stream: on ? "1" : undefined })}
          />
        ) : null}
        {mode === "balanced" ? null : (
          <Check
            label="Mode as provider.sort"
            on={by === "field"}
            onChange={(on) => change({ as: on ? "field" : undefined })}
          />
        )}
        {language.install ? (
          <code className="rounded bg-sunken px-2 py-1 text-xs text-ink-2">{language.install}</code>
        ) : null}
      </div>
      <Code text={text} label={`${DIALECTS[dialect].label}, ${language.label}`} />
    </>
  );
}

function Check({
  label,
  on,
  onChange,
}: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <label className="inline-flex items-center gap-1.5 text-sm text-ink-2">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => onChange(event.target.checked)}
        className="accent-(--accent)"
      />
      {label}
    </label>
  );
}
