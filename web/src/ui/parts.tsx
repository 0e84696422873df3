/** Small parts that every page shares: buttons, tags, tiles, states of a list. */

import { Check, Copy } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { cx } from "./cx";

const KINDS = {
  plain: "border border-line bg-surface text-ink hover:border-line-strong hover:bg-sunken",
  main: "border border-accent bg-accent text-accent-ink hover:opacity-90",
  quiet: "border border-transparent text-ink-2 hover:bg-sunken hover:text-ink",
  danger: "border border-bad bg-surface text-bad hover:bg-bad-soft",
};

export function buttonStyle(kind: keyof typeof KINDS = "plain", small = false): string {
  return cx(
    "inline-flex items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-50",
    small ? "h-7 px-2 text-xs" : "h-9 px-3 text-sm",
    KINDS[kind],
  );
}

export function Button({
  kind = "plain",
  small = false,
  className,
  ...rest
}: ComponentProps<"button"> & { kind?: keyof typeof KINDS; small?: boolean }) {
  return <button type="button" className={cx(buttonStyle(kind, small), className)} {...rest} />;
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={done ? "Copied" : label}
      title={label}
      className="inline-flex size-7 items-center justify-center rounded-md text-ink-3 hover:bg-sunken hover:text-ink"
    >
      {done ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </button>
  );
}

const TONES = {
  plain: "bg-sunken text-ink-2",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  accent: "bg-accent-soft text-accent",
};
export type Tone = keyof typeof TONES;

export function Tag({
  tone = "plain",
  children,
  title,
}: {
  tone?: Tone;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span
      title={title}
      className={cx(
        "inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={cx("rounded-lg border border-line bg-surface", className)}>{children}</div>
  );
}

/** A key fact: a label, the figure, and a word or a line below it. */
export function Tile({
  label,
  children,
  note,
}: {
  label: string;
  children: ReactNode;
  note?: ReactNode;
}) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-3.5 py-3">
      <dt className="text-xs text-ink-3">{label}</dt>
      <dd className="mt-0.5 truncate text-lg font-semibold tracking-tight">{children}</dd>
      {note ? <dd className="mt-0.5 text-xs text-ink-3">{note}</dd> : null}
    </div>
  );
}

/** Heading of a section with one plain sentence that says what is measured. */
export function Section({
  title,
  about,
  actions,
  children,
}: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mt-8 first:mt-0">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2>{title}</h2>
          {about ? <p className="max-w-2xl text-sm text-ink-2">{about}</p> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
      {children}
    </section>
  );
}

export function PageHead({
  title,
  about,
  actions,
}: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1>{title}</h1>
        {about ? <p className="mt-1 max-w-2xl text-ink-2">{about}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}

/** A provider's or an author's mark: two letters on a tint that follows from the name. */
export function Mark({ name, size = 20 }: { name: string; size?: number }) {
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.charCodeAt(0)) % 360;
  return (
    <span
      aria-hidden
      className="inline-flex shrink-0 items-center justify-center rounded font-semibold text-white select-none"
      style={{
        width: size,
        height: size,
        fontSize: size * 0.42,
        background: `oklch(0.48 0.09 ${hue})`,
      }}
    >
      {name.replace(/[^\p{L}\p{N}]/gu, "").slice(0, 2) || "?"}
    </span>
  );
}

const DOTS = { ok: "bg-good", degraded: "bg-warn", down: "bg-bad", idle: "bg-line-strong" };
const DOT_WORDS = { ok: "Up", degraded: "Degraded", down: "Down", idle: "No recent traffic" };

export function StatusDot({ status, word = false }: { status: keyof typeof DOTS; word?: boolean }) {
  return (
    <span className="inline-flex items-center gap-1.5" title={DOT_WORDS[status]}>
      <span
        aria-hidden
        className={cx(
          "size-2 shrink-0 rounded-full",
          DOTS[status],
          status === "down" && "rounded-none rotate-45",
        )}
      />
      <span className={word ? "text-sm" : "sr-only"}>{DOT_WORDS[status]}</span>
    </span>
  );
}
