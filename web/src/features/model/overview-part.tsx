/** A card of the overview: what one tab says in short, and the way there. */

import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "@/ui/parts";
import type { TabId } from "./model";
import { tabLink } from "./tab-bar";
import type { TabProps } from "./view";

export function More({ model, mode, tab, label }: TabProps & { tab: TabId; label: string }) {
  return (
    <Link
      {...tabLink(model.slug, tab, mode)}
      className="inline-flex items-center gap-1 text-sm font-medium whitespace-nowrap text-accent hover:underline"
    >
      {label} <ArrowRight size={13} aria-hidden />
    </Link>
  );
}

/** A card for one tab: what it says in short, and the way there. */
export function Part({
  title,
  about,
  tab,
  children,
  ...rest
}: TabProps & { title: string; about: string; tab: TabId; children: ReactNode }) {
  return (
    <Card className="flex min-w-0 flex-col p-3.5">
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="text-[0.95rem]!">{title}</h2>
        <More {...rest} tab={tab} label="More" />
      </div>
      <p className="mb-2.5 text-xs text-ink-3">{about}</p>
      {children}
    </Card>
  );
}

export const nothing = (text: string) => <p className="text-sm text-ink-2">{text}</p>;

export function Figures({ rows }: { rows: { label: string; value: string; note: string }[] }) {
  return (
    <dl className="grid gap-y-1.5 text-sm">
      {rows.map((row) => (
        <div key={row.label} className="flex items-baseline gap-3">
          <dt className="w-28 shrink-0 text-ink-2">{row.label}</dt>
          <dd className="font-semibold whitespace-nowrap">{row.value}</dd>
          <dd className="ml-auto min-w-0 truncate text-xs text-ink-3">{row.note}</dd>
        </div>
      ))}
    </dl>
  );
}
