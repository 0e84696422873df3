/** Which models answer: one to four, each in a column. */

import { Plus, X } from "lucide-react";
import { useState } from "react";
import { search } from "@/api/search";
import type { ModelRow } from "@/api/types";
import { Dialog, SearchField } from "@/ui/choice";
import { compact, perMillion } from "@/ui/format";
import { Button, Mark } from "@/ui/parts";

export const MOST = 4;

export function ModelChips({
  chosen,
  models,
  names,
  change,
}: {
  chosen: string[];
  models: ModelRow[];
  names: (slug: string) => string;
  change: (models: string[]) => void;
}) {
  const [adding, setAdding] = useState(false);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      {chosen.map((slug) => (
        <span
          key={slug}
          className="inline-flex max-w-64 items-center gap-1.5 rounded-md border border-line bg-surface py-1 pr-1 pl-1.5 text-sm"
        >
          <Mark name={slug.split("/")[0] ?? ""} size={16} />
          <span className="truncate">{names(slug)}</span>
          <button
            type="button"
            aria-label={`Take ${names(slug)} out`}
            onClick={() => change(chosen.filter((one) => one !== slug))}
            className="rounded p-0.5 text-ink-3 hover:bg-sunken hover:text-ink"
          >
            <X size={13} aria-hidden />
          </button>
        </span>
      ))}
      {chosen.length < MOST ? (
        <Button small onClick={() => setAdding(true)}>
          <Plus size={13} aria-hidden /> Add model
        </Button>
      ) : null}
      <Dialog
        open={adding}
        onOpenChange={setAdding}
        title="Add a model"
        about="Models that can be called now."
      >
        <Picker
          models={models.filter((model) => model.on > 0 && !chosen.includes(model.slug))}
          pick={(slug) => {
            change([...chosen, slug]);
            setAdding(false);
          }}
        />
      </Dialog>
    </div>
  );
}

function Picker({ models, pick }: { models: ModelRow[]; pick: (slug: string) => void }) {
  const [text, setText] = useState("");
  const found = search(models, text).slice(0, 50);
  return (
    <>
      <SearchField
        label="Search models"
        value={text}
        onChange={(event) => setText(event.target.value)}
        autoFocus
      />
      <ul className="mt-2 max-h-80 overflow-y-auto">
        {found.map((model) => (
          <li key={model.slug}>
            <button
              type="button"
              onClick={() => pick(model.slug)}
              className="flex w-full items-center justify-between gap-3 rounded-md px-2 py-1.5 text-left text-sm hover:bg-sunken"
            >
              <span className="truncate">{model.name}</span>
              <span className="shrink-0 text-xs text-ink-3">
                {perMillion(model.price_prompt)} / {perMillion(model.price_completion)} ·{" "}
                {compact(model.context_length)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length ? null : (
        <p className="px-2 py-3 text-sm text-ink-3">
          {models.length ? "None found." : "No other model can be called: no provider key is set."}
        </p>
      )}
    </>
  );
}
