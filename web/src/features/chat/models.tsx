/** Which models answer: one to four, each in a column. */

import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { ModelRow } from "@/api/types";
import { ModelPicker } from "@/ui/model-picker";
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
      <ModelPicker
        open={adding}
        onOpenChange={setAdding}
        models={models.filter((model) => model.on > 0 && !chosen.includes(model.slug))}
        pick={(slug) => change([...chosen, slug])}
        none="No other model can be called: no provider key is set."
      />
    </div>
  );
}
