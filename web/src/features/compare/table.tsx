/** Models side by side: a column each, a line for each figure. */

import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, Minus, X } from "lucide-react";
import type { ReactNode } from "react";
import { pageQuery } from "@/api/queries";
import type { Model, ModelBenchmarks } from "@/api/types";
import { cx } from "@/ui/cx";
import { buttonStyle, Mark } from "@/ui/parts";
import { groups, parameters } from "./model";

export function CompareTable({ models, drop }: { models: Model[]; drop: (slug: string) => void }) {
  return (
    <section
      aria-label="Comparison"
      tabIndex={0}
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table
        className="w-full border-collapse text-sm"
        style={{ minWidth: 110 + models.length * 170 }}
      >
        <caption className="sr-only">Models compared</caption>
        <thead>
          <tr className="border-b border-line align-top">
            <td className="w-28 sm:w-44" />
            {models.map((model) => (
              <th key={model.slug} scope="col" className="p-3 text-left font-normal">
                <ModelHead model={model} drop={() => drop(model.slug)} />
              </th>
            ))}
          </tr>
        </thead>
        {groups(models).map((group) => (
          <tbody key={group.title}>
            <GroupHead title={group.title} about={group.about} span={models.length + 1} />
            {group.lines.map((line) => (
              <tr key={line.label} className="border-b border-line">
                <Label>{line.label}</Label>
                {line.cells.map((cell, at) => (
                  <td
                    key={models[at]?.slug}
                    className={cx(
                      "px-3 py-2",
                      line.best.includes(at) && "font-semibold text-accent",
                    )}
                  >
                    {cell}
                    {line.best.includes(at) ? <span className="sr-only"> (best)</span> : null}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
        <Benchmarks models={models} />
        <Parameters models={models} />
      </table>
    </section>
  );
}

function ModelHead({ model, drop }: { model: Model; drop: () => void }) {
  return (
    <div>
      <div className="flex items-start gap-2">
        <Mark name={model.author} size={22} />
        <Link
          to={`/${model.slug}` as "/"}
          className="min-w-0 flex-1 font-semibold hover:text-accent"
        >
          {model.name}
        </Link>
        <button
          type="button"
          aria-label={`Take ${model.name} out`}
          onClick={drop}
          className="rounded p-1 text-ink-3 hover:bg-sunken hover:text-ink"
        >
          <X size={14} aria-hidden />
        </button>
      </div>
      <p className="mt-1 truncate text-xs text-ink-3">{model.slug}</p>
      <Link
        to="/chat"
        search={{ m: model.slug } as never}
        className={cx(buttonStyle("plain", true), "mt-2")}
      >
        Chat
      </Link>
    </div>
  );
}

function GroupHead({ title, about, span }: { title: string; about: string; span: number }) {
  return (
    <tr className="border-b border-line bg-sunken/60">
      <th colSpan={span} scope="colgroup" className="px-3 py-1.5 text-left">
        <span className="text-xs font-semibold">{title}</span>{" "}
        <span className="text-xs font-normal text-ink-3">{about}</span>
      </th>
    </tr>
  );
}

function Label({ children }: { children: ReactNode }) {
  return (
    <th scope="row" className="px-3 py-2 text-left font-normal text-ink-2 sm:whitespace-nowrap">
      {children}
    </th>
  );
}

function Benchmarks({ models }: { models: Model[] }) {
  const answers = useQueries({
    queries: models.map((model) => pageQuery<ModelBenchmarks>(`/models/${model.slug}/benchmarks`)),
  });
  const scores = answers.map((answer) => answer.data?.scores ?? []);
  const names = [...new Map(scores.flat().map((score) => [score.benchmark, score.name]))];
  return (
    <tbody>
      <GroupHead
        title="Benchmarks"
        about="Percent, from the sources that the models' pages name."
        span={models.length + 1}
      />
      {names.length ? null : (
        <tr className="border-b border-line">
          <td colSpan={models.length + 1} className="px-3 py-2 text-ink-3">
            None of these models has a score yet.
          </td>
        </tr>
      )}
      {names.map(([benchmark, name]) => (
        <tr key={benchmark} className="border-b border-line">
          <Label>{name}</Label>
          {scores.map((of, at) => {
            const score = of.find((one) => one.benchmark === benchmark);
            return (
              <td key={models[at]?.slug} className="px-3 py-2">
                {score ? `${score.score_percent} %` : "–"}
              </td>
            );
          })}
        </tr>
      ))}
    </tbody>
  );
}

function Parameters({ models }: { models: Model[] }) {
  return (
    <tbody>
      <GroupHead
        title="Parameters"
        about="Taken by at least one endpoint."
        span={models.length + 1}
      />
      {parameters(models).map(({ name, by }) => (
        <tr key={name} className="border-b border-line last:border-0">
          <Label>
            <code className="font-mono text-xs">{name}</code>
          </Label>
          {by.map((has, at) => (
            <td key={models[at]?.slug} className="px-3 py-1.5">
              {has ? (
                <Check size={14} aria-label="yes" className="text-good" />
              ) : (
                <Minus size={14} aria-label="no" className="text-ink-3" />
              )}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
