/** A preset as a form: a name, and request fields as JSON. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "@/api/client";
import { pageQuery } from "@/api/queries";
import type { PresetView, PresetViews } from "@/api/types";
import { Dialog, Field, inputStyle } from "@/ui/choice";
import { Button } from "@/ui/parts";
import { jsonProblem, slugOf } from "./model";

export const PRESETS = pageQuery<PresetViews>("/presets");

export function PresetEditor({
  preset,
  onClose,
}: {
  preset: PresetView | null;
  onClose: () => void;
}) {
  const [name, setName] = useState(preset?.name ?? "");
  const [about, setAbout] = useState(preset?.description ?? "");
  const [system, setSystem] = useState(preset?.system_prompt ?? "");
  const [body, setBody] = useState(
    JSON.stringify(preset?.body ?? { model: "", temperature: 0.7 }, null, 2),
  );
  const slug = preset?.slug ?? slugOf(name);
  const problem = jsonProblem(body);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      send("PUT", `/presets/${slug}`, {
        name: name.trim(),
        description: about.trim() || null,
        system_prompt: system.trim() || null,
        body: JSON.parse(body),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: PRESETS.queryKey });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={preset ? `Preset ${preset.name}` : "New preset"}
      about="Each save is a new version; requests use the newest."
      wide
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field
          label="Name"
          hint={
            slug
              ? `Requests name it as model "@preset/${slug}".`
              : "Its slug is made from the name."
          }
        >
          <input
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
        <Field label="Description">
          <input
            maxLength={2000}
            value={about}
            onChange={(event) => setAbout(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
        <Field label="System prompt">
          <textarea
            rows={3}
            value={system}
            onChange={(event) => setSystem(event.target.value)}
            className={`${inputStyle} h-auto w-full py-2`}
          />
        </Field>
        <Field
          label="Request fields"
          hint={problem ?? "What a request says itself goes before these."}
        >
          <textarea
            rows={9}
            spellCheck={false}
            value={body}
            onChange={(event) => setBody(event.target.value)}
            className={`${inputStyle} h-auto w-full py-2 font-mono text-xs`}
          />
        </Field>
        {save.error ? (
          <p role="alert" className="text-sm text-bad">
            {save.error.message}
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" type="submit" disabled={save.isPending || problem !== null || !slug}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
