/** Hundreds of models without jank: only the rows near the window are in the page. */

import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { ModelRow } from "@/api/types";
import { compact, date, duration, perMillion, speed } from "@/ui/format";
import { Modalities } from "@/ui/modality";
import { Mark, Tag } from "@/ui/parts";

interface Picking {
  picked: string[];
  pick: (slug: string) => void;
}

const HEADS: [string, string][] = [
  ["Model", "text-left"],
  ["In", "text-left"],
  ["Context", "text-right"],
  ["In / M", "text-right"],
  ["Out / M", "text-right"],
  ["Throughput", "text-right"],
  ["TTFT", "text-right"],
  ["Tokens, 7 d", "text-right"],
  ["Released", "text-right"],
];

export function ModelTable({ models, ...picking }: { models: ModelRow[] } & Picking) {
  const body = useRef<HTMLTableSectionElement>(null);
  const rows = useWindowVirtualizer({
    count: models.length,
    estimateSize: () => 53,
    overscan: 12,
    scrollMargin: body.current?.offsetTop ?? 0,
  });
  const items = rows.getVirtualItems();
  const before = (items[0]?.start ?? rows.options.scrollMargin) - rows.options.scrollMargin;
  const after =
    rows.getTotalSize() -
    ((items.at(-1)?.end ?? rows.options.scrollMargin) - rows.options.scrollMargin);
  return (
    <section
      aria-label="Models"
      tabIndex={0}
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table
        aria-rowcount={models.length + 1}
        className="w-full min-w-[880px] border-collapse text-sm"
        onKeyDown={step}
      >
        <caption className="sr-only">Models with their prices, context and measured speed</caption>
        <thead>
          <tr className="border-b border-line text-xs text-ink-3">
            <th scope="col" className="w-9 py-2 pl-3">
              <span className="sr-only">Compare</span>
            </th>
            {HEADS.map(([head, side]) => (
              <th
                key={head}
                scope="col"
                className={`px-3 py-2 font-medium whitespace-nowrap ${side}`}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {before > 0 ? <tr aria-hidden style={{ height: before }} /> : null}
          {items.map((item) => {
            const model = models[item.index];
            return model ? (
              <Row key={model.slug} model={model} index={item.index} {...picking} />
            ) : null;
          })}
          {after > 0 ? <tr aria-hidden style={{ height: after }} /> : null}
        </tbody>
      </table>
    </section>
  );
}

/** Arrow keys go from a model to the next. */
function step(event: React.KeyboardEvent<HTMLElement>) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a[data-row]")];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function Row({ model, index, picked, pick }: { model: ModelRow; index: number } & Picking) {
  return (
    <tr
      aria-rowindex={index + 2}
      className="h-[53px] border-b border-line last:border-0 hover:bg-sunken/60"
    >
      <td className="pl-3">
        <input
          type="checkbox"
          aria-label={`Compare ${model.name}`}
          checked={picked.includes(model.slug)}
          onChange={() => pick(model.slug)}
          className="size-3.5 accent-[var(--accent)]"
        />
      </td>
      <td className="max-w-[26rem] px-3">
        <ModelName model={model} />
      </td>
      <td className="px-3">
        <Modalities kinds={model.input_modalities} label="Takes" />
      </td>
      <Figure>{compact(model.context_length)}</Figure>
      <Figure>{perMillion(model.price_prompt)}</Figure>
      <Figure>{perMillion(model.price_completion)}</Figure>
      <Figure>{speed(model.throughput_tps)}</Figure>
      <Figure>{duration(model.ttft_ms)}</Figure>
      <Figure>{model.weekly_tokens ? compact(model.weekly_tokens) : "–"}</Figure>
      <Figure>{date(model.created || null)}</Figure>
    </tr>
  );
}

function Figure({ children }: { children: string }) {
  return <td className="px-3 text-right whitespace-nowrap">{children}</td>;
}

function ModelName({ model }: { model: ModelRow }) {
  return (
    <div className="flex items-center gap-2.5">
      <Mark name={model.author} size={24} />
      <div className="min-w-0">
        <Link
          to={`/${model.slug}` as "/"}
          data-row
          className="block truncate font-medium hover:text-accent"
        >
          {model.name}
        </Link>
        <span className="flex items-center gap-1.5 text-xs text-ink-3">
          <span className="truncate">{model.slug}</span>
          {model.on ? <Tag tone="accent">on</Tag> : null}
        </span>
      </div>
    </div>
  );
}

export function ModelCards({ models, picked, pick }: { models: ModelRow[] } & Picking) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3" onKeyDown={step}>
      {models.map((model) => (
        <li
          key={model.slug}
          className="flex flex-col rounded-lg border border-line bg-surface p-3.5 [content-visibility:auto] [contain-intrinsic-size:auto_190px]"
        >
          <div className="flex items-start justify-between gap-2">
            <ModelName model={model} />
            <input
              type="checkbox"
              aria-label={`Compare ${model.name}`}
              checked={picked.includes(model.slug)}
              onChange={() => pick(model.slug)}
              className="mt-1 size-3.5 accent-[var(--accent)]"
            />
          </div>
          <p className="mt-2 line-clamp-2 flex-1 text-sm text-ink-2">
            {model.description || "No description."}
          </p>
          <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-2">
            <Modalities kinds={model.input_modalities} label="Takes" />
            <span>{compact(model.context_length)} context</span>
            <span>
              {perMillion(model.price_prompt)} / {perMillion(model.price_completion)}
            </span>
            {model.weekly_tokens ? <span>{compact(model.weekly_tokens)} tokens</span> : null}
          </p>
        </li>
      ))}
    </ul>
  );
}
