import { Link } from "@tanstack/react-router";
import { Section } from "@/ui/parts";
import { useFlat } from "@/ui/search-state";
import { CodeSamples, choiceOf } from "./code-samples";
import { nameIn } from "./model";
import { KEY } from "./samples";
import { TryIt } from "./try-it";
import type { TabProps } from "./view";

export function QuickStart({ model, mode }: TabProps) {
  const [flat] = useFlat();
  const { by, dialects } = choiceOf(flat, model.output_modalities);
  return (
    <>
      <Section
        title="Quick start"
        about={
          <>
            Code that calls this model as it stands; put a{" "}
            <Link to="/keys" className="text-accent underline underline-offset-2">
              key
            </Link>{" "}
            in the place of <code className="font-mono text-[13px]">{KEY}</code>. Clients made for
            OpenAI or Anthropic need only the address, the key and the name{" "}
            <code className="font-mono text-[13px] break-all">{nameIn(model.slug, mode)}</code>.
          </>
        }
      >
        <CodeSamples slug={model.slug} mode={mode} outputs={model.output_modalities} />
      </Section>
      {dialects.includes("chat") ? (
        <Section
          title="Try it"
          about="Sends the chat sample from this page and streams the answer; it is charged like any other request."
        >
          <TryIt slug={model.slug} mode={mode} by={by} />
        </Section>
      ) : null}
    </>
  );
}
