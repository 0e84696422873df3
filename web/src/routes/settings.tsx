import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { send, setCsrf } from "@/api/client";
import { pageQuery, sessionQuery } from "@/api/queries";
import type { Session, SettingsView } from "@/api/types";
import { Field, inputStyle } from "@/ui/choice";
import { Operator } from "@/ui/operator";
import { Button, Card, PageHead, Section, Tag } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

export function Page() {
  useTitle("Settings");
  return (
    <>
      <PageHead
        title="Settings"
        about="What is in force and where it comes from. It is changed in turnout.toml or the environment, and read again when the file is saved."
      />
      <Operator why="Settings are the operator's.">
        <Board />
        <div className="mt-8 grid gap-6 md:grid-cols-2">
          <Password />
          <SignOut />
        </div>
      </Operator>
    </>
  );
}

function Board() {
  return (
    <Loaded query={useQuery(pageQuery<SettingsView>("/settings"))} rows={10}>
      {(data) => (
        <>
          <p className="mb-4 text-sm text-ink-2">
            File:{" "}
            <code className="font-mono">{data.file ?? "none; defaults and environment only"}</code>
          </p>
          {data.warnings.map((warning) => (
            <p key={warning} className="mb-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
              {warning}
            </p>
          ))}
          <Section title="Providers" about="A provider is on when its credentials are there.">
            <Table
              label="Providers"
              columns={PROVIDERS}
              rows={data.providers}
              rowKey={(row) => row.slug}
              initial={{ id: "on", desc: false }}
              dim={(row) => !row.on}
            />
          </Section>
          {data.sections.map((section) => (
            <Section
              key={section.name}
              title={section.name || "Everything else"}
              about={section.description}
            >
              <Table
                label={section.name}
                columns={SETTINGS}
                rows={section.rows}
                rowKey={(row) => row.key}
              />
            </Section>
          ))}
        </>
      )}
    </Loaded>
  );
}

const PROVIDERS: Column<SettingsView["providers"][number]>[] = [
  { id: "name", head: "Provider", by: (r) => r.name.toLowerCase(), cell: (r) => r.name },
  {
    id: "on",
    head: "State",
    by: (r) => (r.on ? 0 : 1),
    cell: (r) => <Tag tone={r.on ? "good" : "plain"}>{r.on ? "On" : "Off"}</Tag>,
  },
  { id: "why", head: "Why", cell: (r) => <span className="text-ink-2">{r.reason}</span> },
  {
    id: "env",
    head: "Variables",
    cell: (r) => <code className="font-mono text-xs">{r.env.join(" ") || "–"}</code>,
  },
];

const SETTINGS: Column<SettingsView["sections"][number]["rows"][number]>[] = [
  {
    id: "key",
    head: "Setting",
    cell: (r) => <code className="font-mono text-xs whitespace-nowrap">{r.key}</code>,
  },
  {
    id: "value",
    head: "Value",
    cell: (r) => <code className="font-mono text-xs break-all">{r.value ?? "–"}</code>,
  },
  {
    id: "source",
    head: "From",
    cell: (r) => <Tag tone={r.source === "default" ? "plain" : "accent"}>{r.source}</Tag>,
  },
  {
    id: "about",
    head: "What it does",
    cell: (r) => <span className="block min-w-56 text-xs text-ink-2">{r.description}</span>,
  },
];

function Password() {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => send("POST", "/password", { old, new: next }),
    onSuccess: () => {
      setOld("");
      setNext("");
    },
  });
  return (
    <Card className="p-5">
      <h2 className="mb-3">Operator password</h2>
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Field label="Password now">
          <input
            type="password"
            autoComplete="current-password"
            required
            value={old}
            onChange={(event) => setOld(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
        <Field label="New password" hint="At least 8 characters. Other sessions end.">
          <input
            type="password"
            autoComplete="new-password"
            minLength={8}
            required
            value={next}
            onChange={(event) => setNext(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
        {change.error ? (
          <p role="alert" className="text-sm text-bad">
            {change.error.message}
          </p>
        ) : null}
        {change.isSuccess ? (
          <p role="status" className="text-sm text-good">
            The password is changed.
          </p>
        ) : null}
        <Button type="submit" disabled={change.isPending}>
          Change password
        </Button>
      </form>
    </Card>
  );
}

function SignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const out = useMutation({
    mutationFn: () => send<Session>("DELETE", "/session"),
    onSuccess: async (left) => {
      setCsrf(null);
      client.setQueryData(sessionQuery.queryKey, left);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      await navigate({ to: "/" });
    },
  });
  return (
    <Card className="self-start p-5">
      <h2 className="mb-1">This session</h2>
      <p className="mb-3 text-sm text-ink-2">You are signed in on this browser.</p>
      <Button disabled={out.isPending} onClick={() => out.mutate()}>
        Sign out
      </Button>
    </Card>
  );
}
