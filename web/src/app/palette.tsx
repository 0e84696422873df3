/** The search over everything: models by name or slug, then the pages; all by keyboard. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { modelsQuery } from "@/api/queries";
import { search } from "@/api/search";
import { cx } from "@/ui/cx";
import { compact, perMillion } from "@/ui/format";

const PAGES = [
  "Models",
  "Chat",
  "Compare",
  "Rankings",
  "Apps",
  "Providers",
  "Status",
  "Pricing",
  "Activity",
  "Logs",
  "Keys",
  "Credits",
  "Presets",
  "Settings",
  "Docs",
];

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const navigate = useNavigate();
  const models = useQuery(modelsQuery).data?.models ?? [];
  const found = [
    ...search(models, text)
      .slice(0, 8)
      .map((m) => ({
        to: `/${m.slug}`,
        label: m.name,
        note: `${perMillion(m.price_prompt)} / ${perMillion(m.price_completion)} · ${compact(m.context_length)}`,
      })),
    ...PAGES.filter((page) => text && page.toLowerCase().includes(text.toLowerCase())).map(
      (page) => ({
        to: `/${page.toLowerCase()}`,
        label: page,
        note: "Page",
      }),
    ),
  ];
  const go = (to: string) => {
    onClose();
    void navigate({ to });
  };
  const key = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen((n) => (n + step + found.length) % Math.max(1, found.length));
    }
    const hit = found[chosen];
    if (event.key === "Enter" && hit) go(hit.to);
  };
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-surface shadow-pop"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <input
            // biome-ignore lint/a11y/noAutofocus: a dialog that is for typing
            autoFocus
            role="combobox"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={found.length ? `palette-${chosen}` : undefined}
            aria-label="Search models and pages"
            placeholder="Search models and pages"
            value={text}
            onChange={(e) => {
              setText(e.target.value);
              setChosen(0);
            }}
            onKeyDown={key}
            className="h-12 w-full border-b border-line bg-transparent px-4 outline-none placeholder:text-ink-3"
          />
          <div
            id="palette-list"
            role="listbox"
            aria-label="Found"
            className="max-h-80 overflow-y-auto p-1.5"
          >
            {found.map((hit, index) => (
              <div
                key={hit.to}
                id={`palette-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === chosen}
                onPointerMove={() => setChosen(index)}
                onClick={() => go(hit.to)}
                onKeyDown={key}
                className={cx(
                  "flex justify-between gap-4 rounded-md px-2.5 py-2 text-sm",
                  index === chosen && "bg-sunken",
                )}
              >
                <span className="truncate font-medium">{hit.label}</span>
                <span className="shrink-0 text-ink-3">{hit.note}</span>
              </div>
            ))}
          </div>
          {found.length ? null : (
            <p className="px-4 pb-4 text-sm text-ink-3">Nothing found for “{text}”.</p>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
