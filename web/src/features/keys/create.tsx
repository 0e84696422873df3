/** A new key: its limits first, then the key itself, shown once. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { v1 } from "@/api/client";
import type { KeyMade } from "@/api/types";
import { Dialog, Field, inputStyle, Select } from "@/ui/choice";
import { Code } from "@/ui/code";
import { Button } from "@/ui/parts";
import { KEYS } from "./model";

type Reset = "" | "daily" | "weekly" | "monthly";
const RESETS: { value: Reset; label: string }[] = [
  { value: "", label: "Never" },
  { value: "daily", label: "Every day" },
  { value: "weekly", label: "Every week" },
  { value: "monthly", label: "Every month" },
];

export function CreateKey({
  open,
  onOpenChange,
  baseUrl,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  baseUrl: string;
}) {
  const [made, setMade] = useState<KeyMade | null>(null);
  const close = (next: boolean) => {
    onOpenChange(next);
    if (!next) setMade(null);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={made ? "Your new key" : "New key"}
      about={
        made
          ? "It is shown this once: only its hash is kept."
          : "For a program, a person or a team."
      }
    >
      {made ? (
        <Made made={made} baseUrl={baseUrl} done={() => close(false)} />
      ) : (
        <Form onMade={setMade} />
      )}
    </Dialog>
  );
}

function Form({ onMade }: { onMade: (made: KeyMade) => void }) {
  const [name, setName] = useState("");
  const [limit, setLimit] = useState("");
  const [reset, setReset] = useState<Reset>("");
  const [expires, setExpires] = useState("");
  const [management, setManagement] = useState(false);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      v1<KeyMade>("POST", "/keys", {
        name: name.trim(),
        ...(limit ? { limit: Number(limit) } : {}),
        ...(reset && limit ? { limit_reset: reset } : {}),
        ...(expires ? { expires_at: new Date(`${expires}T23:59:59Z`).toISOString() } : {}),
        ...(management ? { management: true } : {}),
      }),
    onSuccess: (made) => {
      onMade(made);
      void client.invalidateQueries({ queryKey: KEYS });
    },
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Field label="Name">
        <input
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          className={`${inputStyle} w-full`}
        />
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Limit, USD" hint="Empty: none of its own">
          <input
            type="number"
            min="0"
            step="any"
            value={limit}
            onChange={(event) => setLimit(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
        <Field label="Expires" hint="At the end of that day, UTC">
          <input
            type="date"
            value={expires}
            onChange={(event) => setExpires(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
      </div>
      <Select
        label="Limit starts anew"
        hidden={false}
        value={reset}
        options={RESETS}
        onChange={setReset}
      />
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          checked={management}
          onChange={() => setManagement(!management)}
          className="mt-1 size-4 accent-[var(--accent)]"
        />
        <span>
          Management key
          <span className="block text-xs text-ink-3">
            Makes and revokes keys and reads everybody's activity; calls no model.
          </span>
        </span>
      </label>
      {create.error ? (
        <p role="alert" className="text-sm text-bad">
          {create.error.message}
        </p>
      ) : null}
      <Button
        kind="main"
        type="submit"
        className="w-full"
        disabled={create.isPending || !name.trim()}
      >
        Create key
      </Button>
    </form>
  );
}

function Made({ made, baseUrl, done }: { made: KeyMade; baseUrl: string; done: () => void }) {
  return (
    <div className="space-y-4">
      <Code text={made.key} label="key" />
      <p className="text-sm text-ink-2">Any OpenAI client takes it with this base URL:</p>
      <Code text={baseUrl} label="base URL" />
      <Button kind="main" className="w-full" onClick={done}>
        I have kept it
      </Button>
    </div>
  );
}
