/** The rail of conditions; each is a name in the URL. */

import { useMemo, useState } from "react";
import type { ModelList, Named } from "@/api/types";
import { inputStyle } from "@/ui/choice";
import { compact } from "@/ui/format";
import { Button } from "@/ui/parts";
import type { Flat } from "@/ui/search-state";
import { conditions, type Filter, toggled } from "./model";

const CONTEXTS = [0, 8_000, 32_000, 64_000, 128_000, 200_000, 1_000_000];
const PRICES = [null, 0.1, 0.5, 1, 3, 10];
const CLEARED: Flat = Object.fromEntries(
  [
    "input_modalities",
    "output_modalities",
    "context",
    "max_price",
    "supported_parameters",
    "providers",
    "model_authors",
    "pricing",
    "weights",
    "on",
  ].map((name) => [name, undefined]),
);

export function Filters({
  list,
  filter,
  change,
}: {
  list: ModelList;
  filter: Filter;
  change: (next: Flat) => void;
}) {
  const count = conditions(filter);
  return (
    <div className="space-y-5 text-sm">
      <div className="flex h-7 items-center justify-between">
        <h2 className="text-sm">Filters</h2>
        {count ? (
          <Button small kind="quiet" onClick={() => change(CLEARED)}>
            Clear {count}
          </Button>
        ) : null}
      </div>
      <fieldset className="space-y-1.5">
        <Legend>Show</Legend>
        <Check
          label="Can be called now"
          on={filter.on}
          flip={() => change({ on: filter.on ? undefined : "1" })}
        />
        <Check
          label="Free"
          on={filter.free}
          flip={() => change({ pricing: filter.free ? undefined : "free" })}
        />
        <Check
          label="Open weights"
          on={filter.open}
          flip={() => change({ weights: filter.open ? undefined : "open" })}
        />
      </fieldset>
      <Several
        legend="Input"
        name="input_modalities"
        options={named(["text", "image", "file", "audio", "video"])}
        chosen={filter.input}
        change={change}
      />
      <Several
        legend="Output"
        name="output_modalities"
        options={named(["text", "image", "audio", "embeddings", "rerank"])}
        chosen={filter.output}
        change={change}
      />
      <Steps
        legend="Context, at least"
        steps={CONTEXTS}
        value={filter.context}
        word={(n) => (n ? compact(n) : "Any")}
        onChange={(n) => change({ context: n ? String(n) : undefined })}
      />
      <Steps
        legend="Input price, at most"
        steps={PRICES}
        value={filter.maxPrice}
        word={(n) => (n === null ? "Any" : `$${n} / M`)}
        onChange={(n) => change({ max_price: n === null ? undefined : String(n) })}
      />
      <Several
        legend="Authors"
        name="model_authors"
        options={list.authors}
        chosen={filter.authors}
        change={change}
        long
      />
      <Several
        legend="Providers"
        name="providers"
        options={list.providers}
        chosen={filter.providers}
        change={change}
        long
      />
      <Several
        legend="Parameters"
        name="supported_parameters"
        options={named(list.parameters)}
        chosen={filter.parameters}
        change={change}
        long
      />
    </div>
  );
}

const named = (words: string[]): Named[] => words.map((word) => ({ slug: word, name: word }));

function Legend({ children }: { children: string }) {
  return <legend className="mb-1 text-xs font-medium text-ink-3">{children}</legend>;
}

function Check({ label, on, flip }: { label: string; on: boolean; flip: () => void }) {
  return (
    <label className="flex cursor-pointer items-center gap-2 text-ink-2 hover:text-ink">
      <input
        type="checkbox"
        checked={on}
        onChange={flip}
        className="size-3.5 accent-[var(--accent)]"
      />
      <span className="truncate">{label}</span>
    </label>
  );
}

/** Any number of them; a long list has a field that narrows it, and starts folded to what is chosen. */
function Several({
  legend,
  name,
  options,
  chosen,
  change,
  long = false,
}: {
  legend: string;
  name: string;
  options: readonly Named[];
  chosen: string[];
  change: (next: Flat) => void;
  long?: boolean;
}) {
  const [text, setText] = useState("");
  const shown = useMemo(() => {
    const words = text.toLowerCase();
    const hits = options.filter((one) => one.name.toLowerCase().includes(words));
    return long
      ? [...hits].sort((a, b) => Number(chosen.includes(b.slug)) - Number(chosen.includes(a.slug)))
      : hits;
  }, [options, text, chosen, long]);
  return (
    <fieldset>
      <Legend>{legend}</Legend>
      {long ? (
        <input
          aria-label={`Narrow ${legend.toLowerCase()}`}
          placeholder={`${options.length} in all`}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className={`${inputStyle} mb-1.5 h-7 w-full text-xs`}
        />
      ) : null}
      <div className={long ? "max-h-36 space-y-1 overflow-y-auto pr-1" : "space-y-1"}>
        {shown.map((one) => (
          <Check
            key={one.slug}
            label={one.name}
            on={chosen.includes(one.slug)}
            flip={() => change({ [name]: toggled(chosen, one.slug) || undefined })}
          />
        ))}
      </div>
    </fieldset>
  );
}

function Steps<T extends number | null>({
  legend,
  steps,
  value,
  word,
  onChange,
}: {
  legend: string;
  steps: readonly T[];
  value: T;
  word: (step: T) => string;
  onChange: (step: T) => void;
}) {
  const at = Math.max(0, steps.indexOf(value));
  return (
    <label className="block">
      <span className="mb-1 flex justify-between text-xs">
        <span className="font-medium text-ink-3">{legend}</span>
        <span className="font-medium">{word(value)}</span>
      </span>
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        value={at}
        aria-valuetext={word(value)}
        onChange={(event) => onChange(steps[Number(event.target.value)] as T)}
        className="w-full accent-[var(--accent)]"
      />
    </label>
  );
}
