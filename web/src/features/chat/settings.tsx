/** The system prompt and the sampling of a conversation. */

import { Dialog, Field, inputStyle, Select } from "@/ui/choice";
import type { Sampling } from "./model";

export function SamplingDialog({
  open,
  onOpenChange,
  sampling,
  change,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  sampling: Sampling;
  change: (next: Partial<Sampling>) => void;
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Settings of this chat"
      about="They go with every message from now on."
      wide
    >
      <div className="grid gap-4 sm:grid-cols-3">
        <div className="sm:col-span-3">
          <Field label="System prompt">
            <textarea
              rows={3}
              value={sampling.system}
              onChange={(event) => change({ system: event.target.value })}
              className={`${inputStyle} h-auto w-full py-2`}
            />
          </Field>
        </div>
        <Figure
          label="Temperature"
          hint="0 to 2; empty: the model's own"
          max={2}
          step={0.1}
          value={sampling.temperature}
          set={(temperature) => change({ temperature })}
        />
        <Figure
          label="Top P"
          hint="0 to 1"
          max={1}
          step={0.05}
          value={sampling.top_p}
          set={(top_p) => change({ top_p })}
        />
        <Figure
          label="Max tokens"
          hint="of the answer"
          max={1_000_000}
          step={1}
          value={sampling.max_tokens}
          set={(max_tokens) => change({ max_tokens })}
        />
        <Select
          label="Reasoning"
          hidden={false}
          value={sampling.effort}
          options={[
            { value: "", label: "Model's own" },
            { value: "none", label: "None" },
            { value: "low", label: "Low" },
            { value: "medium", label: "Medium" },
            { value: "high", label: "High" },
          ]}
          onChange={(effort) => change({ effort })}
        />
        <Select
          label="Mode"
          hidden={false}
          value={sampling.mode}
          options={[
            { value: "", label: "Balanced" },
            { value: "nitro", label: "Nitro" },
            { value: "exacto", label: "Exacto" },
            { value: "floor", label: "Floor" },
          ]}
          onChange={(mode) => change({ mode })}
        />
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={sampling.web}
            onChange={() => change({ web: !sampling.web })}
            className="size-4 accent-[var(--accent)]"
          />{" "}
          Search the web
        </label>
        <div className="sm:col-span-3">
          <Field
            label="Tools"
            hint={
              toolsProblem(sampling.tools) ??
              "A JSON list as the API takes it. You answer the calls yourself."
            }
          >
            <textarea
              rows={5}
              spellCheck={false}
              value={sampling.tools}
              placeholder='[{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}]'
              onChange={(event) => change({ tools: event.target.value })}
              className={`${inputStyle} h-auto w-full py-2 font-mono text-xs`}
            />
          </Field>
        </div>
      </div>
    </Dialog>
  );
}

/** Why the tools cannot be sent, or null. */
export function toolsProblem(text: string): string | null {
  if (!text.trim()) return null;
  try {
    return Array.isArray(JSON.parse(text)) ? null : "Not a list.";
  } catch (error) {
    return `Not JSON: ${error instanceof Error ? error.message : "unreadable"}`;
  }
}

function Figure({
  label,
  hint,
  max,
  step,
  value,
  set,
}: {
  label: string;
  hint: string;
  max: number;
  step: number;
  value: number | null;
  set: (value: number | null) => void;
}) {
  return (
    <Field label={label} hint={hint}>
      <input
        type="number"
        min={0}
        max={max}
        step={step}
        value={value ?? ""}
        onChange={(event) => set(event.target.value === "" ? null : Number(event.target.value))}
        className={`${inputStyle} w-full`}
      />
    </Field>
  );
}
