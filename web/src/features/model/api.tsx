import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Card, CopyButton, Section } from "@/ui/parts";
import { useFlat } from "@/ui/search-state";
import { CodeSamples, choiceOf, useBase } from "./code-samples";
import { MODE_FACTS, MODES, nameIn } from "./model";
import { Parameters } from "./parameters";
import { DIALECTS } from "./samples";
import type { TabProps } from "./view";

export function ApiTab({ model, mode }: TabProps) {
  const [flat] = useFlat();
  const base = useBase();
  const { dialect } = choiceOf(flat, model.output_modalities);
  return (
    <>
      <Section
        title="Request"
        about={
          <>
            Where a request goes and what it must carry. All routes and shapes are in the{" "}
            <Link
              to="/docs/$"
              params={{ _splat: "api" }}
              className="text-accent underline underline-offset-2"
            >
              API reference
            </Link>
            .
          </>
        }
      >
        <Card className="mb-4">
          <dl className="divide-y divide-line text-sm">
            <Row name="Address">
              <code className="break-all">
                POST {base}
                {DIALECTS[dialect].path}
              </code>
              <CopyButton text={`${base}${DIALECTS[dialect].path}`} label="Copy the address" />
            </Row>
            <Row name="Authorization">
              <code>Bearer</code> and a key
            </Row>
            <Row name="Content-Type">
              <code>application/json</code>
            </Row>
            <Row name="HTTP-Referer, X-Title">
              Optional: your app's address and name, for the lists of apps
            </Row>
            <Row name="Model">
              <code className="break-all">{nameIn(model.slug, mode)}</code>
              <CopyButton text={nameIn(model.slug, mode)} label="Copy the model's name" />
            </Row>
            <Row name="Modes">
              <span>
                {MODES.slice(1).map((one) => (
                  <span key={one} className="block">
                    <code>:{one}</code>, or{" "}
                    <code>{`"provider": {"sort": "${MODE_FACTS[one].sort}"}`}</code>:{" "}
                    {MODE_FACTS[one].about}
                  </span>
                ))}
              </span>
            </Row>
          </dl>
        </Card>
        <CodeSamples slug={model.slug} mode={mode} outputs={model.output_modalities} />
      </Section>
      <Section
        title="Parameters"
        about="Every parameter of a request, what it takes, and what each provider of this model does with it."
      >
        <Parameters rows={model.parameters} endpoints={model.endpoints} />
      </Section>
    </>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 px-3.5 py-2 sm:grid-cols-[12rem_1fr]">
      <dt className="text-ink-2">{name}</dt>
      <dd className="flex min-w-0 flex-wrap items-center gap-1">{children}</dd>
    </div>
  );
}
