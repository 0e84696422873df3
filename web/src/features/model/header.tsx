/** The head of a model's page: who it is, its key facts, and how requests to it are routed. */

import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowRight, ExternalLink, GitCompareArrows, MessageSquare } from "lucide-react";
import { useState } from "react";
import type { Model, Standing } from "@/api/types";
import { Select, Switch } from "@/ui/choice";
import { cx } from "@/ui/cx";
import { ago, compact, context, count, date, month } from "@/ui/format";
import { Modalities } from "@/ui/modality";
import { buttonStyle, CopyButton, Mark, Tag, Tile, type Tone } from "@/ui/parts";
import {
  headPrice,
  MODE_FACTS,
  MODES,
  type Mode,
  type Piece,
  paragraphs,
  pricePair,
  standingNote,
  type TabId,
  variantsOf,
} from "./model";
import { chats } from "./samples";
import { tabLink } from "./tab-bar";

export function Header({ model }: { model: Model }) {
  return (
    <header>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 items-start gap-3">
          <Mark name={model.author} size={40} />
          <div className="min-w-0">
            <h1 className="break-words">{model.name}</h1>
            <p className="flex items-center gap-1 text-sm text-ink-2">
              <span className="min-w-0 font-mono break-all">{model.slug}</span>
              <CopyButton text={model.slug} label="Copy the slug" />
            </p>
          </div>
        </div>
        <div className="flex items-center gap-2">
          <Link to="/compare" search={{ m: model.slug }} className={buttonStyle()}>
            <GitCompareArrows size={15} aria-hidden /> Compare
          </Link>
          {chats(model) ? (
            <Link to="/chat" search={{ m: model.slug }} className={buttonStyle("main")}>
              <MessageSquare size={15} aria-hidden /> Chat
            </Link>
          ) : null}
        </div>
      </div>
      <Description text={model.description} />
      <Marks model={model} />
      <Facts model={model} />
    </header>
  );
}

/** Folded to its first two lines where it is long. */
function Description({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const all = paragraphs(text);
  if (all.length === 0) return null;
  const long = all.length > 1 || text.length > 200;
  const folded = [all.flatMap((pieces) => [...pieces, { text: " ", href: null }])];
  return (
    <div className="mt-3 max-w-3xl text-ink-2">
      {(open || !long ? all : folded).map((pieces) => (
        <p
          key={pieces.map((piece) => piece.text).join("")}
          className={cx("not-first:mt-2", long && !open && "line-clamp-2")}
        >
          <Pieces pieces={pieces} />
        </p>
      ))}
      {long ? (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="mt-0.5 text-sm font-medium text-accent hover:underline"
        >
          {open ? "less" : "more"}
          <span className="sr-only"> of the description</span>
        </button>
      ) : null}
    </div>
  );
}

function Pieces({ pieces }: { pieces: Piece[] }) {
  return pieces.map((piece) =>
    piece.href ? (
      <Outside key={piece.href + piece.text} href={piece.href} label={piece.text} />
    ) : (
      piece.text
    ),
  );
}

function Outside({ href, label }: { href: string; label: string }) {
  return (
    <a href={href} rel="noreferrer" className="text-accent underline underline-offset-2">
      {label}
      <ExternalLink size={11} aria-label="(leaves this site)" className="ml-0.5 inline" />
    </a>
  );
}

function Marks({ model }: { model: Model }) {
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      <span className="inline-flex items-center gap-1.5">
        <Modalities kinds={model.input_modalities} label="In" />
        <ArrowRight size={12} aria-hidden className="text-ink-3" />
        <Modalities kinds={model.output_modalities} label="Out" />
      </span>
      {model.tags.length ? (
        <span className="flex flex-wrap gap-1.5">
          {model.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </span>
      ) : null}
      {model.free && !model.tags.includes("#free") ? (
        <Tag tone="good">Free at a provider</Tag>
      ) : null}
      {model.open_weights && !model.tags.includes("#open-weights") ? (
        <Tag tone="accent">Open weights</Tag>
      ) : null}
      {model.links
        .filter((link) => link.url.startsWith("https://"))
        .map((link) => (
          <Outside key={link.url} href={link.url} label={link.label} />
        ))}
    </div>
  );
}

const PRICE_TONE: Record<Standing["word"], Tone> = { Low: "good", Avg: "plain", High: "warn" };
const CONTEXT_TONE: Record<Standing["word"], Tone> = { Low: "plain", Avg: "plain", High: "good" };

function Facts({ model }: { model: Model }) {
  const { price, context: length } = model.standing;
  const first = headPrice(model);
  return (
    <dl className="mt-4 grid grid-cols-2 gap-2.5 *:first:col-span-2 md:grid-cols-3 md:*:first:col-span-1 lg:grid-cols-[1.5fr_1.2fr_1fr_1fr_1fr]">
      <Tile label="In / out price, per 1M tokens" note={priceNote(model)}>
        {pricePair(first.prompt, first.completion)}{" "}
        {price ? <Word standing={price} tones={PRICE_TONE} /> : null}
      </Tile>
      <Tile label="Context" note={length ? `Context ${standingNote(length.percentile)}` : "Tokens"}>
        {context(model.context_length)}{" "}
        {length ? <Word standing={length} tones={CONTEXT_TONE} /> : null}
      </Tile>
      <Tile label="Weekly tokens" note="Last 7 days, here">
        <span title={count(model.weekly_tokens)}>{compact(model.weekly_tokens)}</span>
      </Tile>
      <Tile label="Released" note={model.created ? ago(model.created) : "Not known"}>
        {date(model.created || null)}
      </Tile>
      <Tile
        label="Knowledge cutoff"
        note={model.knowledge_cutoff ? "Last month of its training data" : "Not known"}
      >
        {month(model.knowledge_cutoff)}
      </Tile>
    </dl>
  );
}

/** Where the price stands, and the lowest one where another provider has that. */
function priceNote(model: Model): string {
  const { price } = model.standing;
  const lower = headPrice(model).prompt !== model.price_prompt;
  return [
    price ? `Price ${standingNote(price.percentile)}` : "",
    lower ? `from ${pricePair(model.price_prompt, model.price_completion)}` : "",
  ]
    .filter(Boolean)
    .join("; ");
}

function Word({ standing, tones }: { standing: Standing; tones: Record<string, Tone> }) {
  return (
    <span className="ml-1 align-middle tracking-normal">
      <Tag tone={tones[standing.word] ?? "plain"}>{standing.word}</Tag>
    </span>
  );
}

/** Variant and mode: what changes the ranking of the providers and the sample code. */
export function Choices({
  model,
  mode,
  tab,
  onMode,
}: {
  model: Model;
  mode: Mode;
  tab: TabId;
  onMode: (mode: Mode) => void;
}) {
  const navigate = useNavigate();
  const variants = variantsOf(model);
  return (
    <div className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-2">
      {variants.length ? (
        <Select
          label="Variant"
          hidden={false}
          value={model.slug}
          options={variants}
          onChange={(slug) => void navigate(tabLink(slug, tab, mode))}
        />
      ) : null}
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span aria-hidden className="text-sm text-ink-2">
          Routing mode
        </span>
        <Switch
          label="Routing mode"
          value={mode}
          options={MODES.map((value) => ({ value, label: MODE_FACTS[value].label }))}
          onChange={onMode}
        />
        <span className="text-sm text-ink-3">{MODE_FACTS[mode].about}</span>
      </span>
    </div>
  );
}
