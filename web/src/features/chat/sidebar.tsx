/** The conversations of this browser: open, delete, export, import. */

import { Download, Plus, Trash2, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { cx } from "@/ui/cx";
import { ago } from "@/ui/format";
import { Button } from "@/ui/parts";
import { type Conversation, problemOf } from "./model";

export interface Shelf {
  open: (id: string) => void;
  start: () => void;
  remove: (id: string) => void;
  take: (conversations: Conversation[]) => void;
}

export function Sidebar({
  conversations,
  current,
  shelf,
}: {
  conversations: Conversation[];
  current: string | undefined;
  shelf: Shelf;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const load = async (file: File) => {
    const found = await file.text().then(parsed);
    setProblem(typeof found === "string" ? found : null);
    if (typeof found !== "string") shelf.take(found);
  };
  return (
    <div className="flex h-full flex-col text-sm">
      <Button onClick={shelf.start} className="w-full">
        <Plus size={14} aria-hidden /> New chat
      </Button>
      <ul className="mt-3 min-h-0 flex-1 space-y-0.5 overflow-y-auto">
        {conversations.map((one) => (
          <li
            key={one.id}
            className={cx(
              "group flex items-center rounded-md hover:bg-sunken",
              one.id === current && "bg-sunken",
            )}
          >
            <button
              type="button"
              aria-current={one.id === current}
              onClick={() => shelf.open(one.id)}
              className="min-w-0 flex-1 px-2 py-1.5 text-left"
            >
              <span className="block truncate">{one.title}</span>
              <span className="block text-xs text-ink-3">{ago(one.changed / 1000)}</span>
            </button>
            <button
              type="button"
              aria-label={`Delete ${one.title}`}
              onClick={() => shelf.remove(one.id)}
              className="mr-1 rounded p-1.5 text-ink-3 opacity-0 group-hover:opacity-100 hover:text-bad focus-visible:opacity-100"
            >
              <Trash2 size={13} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {problem ? (
        <p role="alert" className="py-1 text-xs text-bad">
          {problem}
        </p>
      ) : null}
      <div className="mt-2 flex gap-1 border-t border-line pt-2">
        <Button
          small
          kind="quiet"
          disabled={!conversations.length}
          onClick={() => download(conversations)}
        >
          <Download size={13} aria-hidden /> Export
        </Button>
        <Button small kind="quiet" onClick={() => picker.current?.click()}>
          <Upload size={13} aria-hidden /> Import
        </Button>
        <input
          ref={picker}
          type="file"
          accept="application/json"
          aria-label="Conversations to import"
          className="hidden"
          onChange={(event) => event.target.files?.[0] && void load(event.target.files[0])}
        />
      </div>
      <p className="mt-1 text-xs text-ink-3">Chats stay in this browser.</p>
    </div>
  );
}

function parsed(text: string): Conversation[] | string {
  try {
    const value: unknown = JSON.parse(text);
    return problemOf(value) ?? (value as Conversation[]);
  } catch {
    return "The file is not JSON.";
  }
}

function download(conversations: Conversation[]) {
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(conversations, null, 1)], { type: "application/json" }),
  );
  const link = Object.assign(document.createElement("a"), {
    href: url,
    download: "turnout-chats.json",
  });
  link.click();
  URL.revokeObjectURL(url);
}
