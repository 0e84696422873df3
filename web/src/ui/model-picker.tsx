/** A dialog that finds a model: by name, slug or description. */

import { useState } from "react";
import { search } from "@/api/search";
import type { ModelRow } from "@/api/types";
import { Dialog, SearchField } from "./choice";
import { compact, perMillion } from "./format";

export function ModelPicker({
  open,
  onOpenChange,
  models,
  pick,
  none,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  models: ModelRow[];
  pick: (slug: string) => void;
  /** What to say when there is nothing to choose from. */
  none: string;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add a model">
      <Choices
        models={models}
        none={none}
        pick={(slug) => {
          pick(slug);
          onOpenChange(false);
        }}
      />
    </Dialog>
  );
}

function Choices({
  models,
  pick,
  none,
}: {
  models: ModelRow[];
  pick: (slug: string) => void;
  none: string;
}) {
  const [text, setText] = useState("");
  const found = search(models, text).slice(0, 50);
  return (
    <>
      <SearchField
        label="Search models"
        value={text}
        onChange={(event) => setText(event.target.value)}
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
        <p className="px-2 py-3 text-sm text-ink-3">{models.length ? "None found." : none}</p>
      )}
    </>
  );
}
