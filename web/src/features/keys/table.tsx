import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { v1 } from "@/api/client";
import { Dialog } from "@/ui/choice";
import { ago, date, money } from "@/ui/format";
import { Button, buttonStyle, Tag, type Tone } from "@/ui/parts";
import { type Column, Table } from "@/ui/table";
import { KEYS, type Key, type State, stateOf } from "./model";

const TONES: Record<State, Tone> = {
  active: "good",
  disabled: "plain",
  expired: "warn",
  spent: "warn",
};

export function KeyTable({ keys }: { keys: Key[] }) {
  const [doomed, setDoomed] = useState<Key | null>(null);
  const client = useQueryClient();
  const anew = () => client.invalidateQueries({ queryKey: KEYS });
  const flip = useMutation({
    mutationFn: (key: Key) => v1("PATCH", `/keys/${key.hash}`, { disabled: !key.disabled }),
    onSuccess: anew,
  });
  const remove = useMutation({
    mutationFn: (key: Key) => v1("DELETE", `/keys/${key.hash}`),
    onSuccess: () => {
      setDoomed(null);
      return anew();
    },
  });
  const failed = flip.error ?? remove.error;
  const columns: Column<Key>[] = [
    ...COLUMNS,
    {
      id: "acts",
      head: <span className="sr-only">Actions</span>,
      number: true,
      cell: (key) => (
        <span className="inline-flex gap-1">
          <Link
            to="/logs"
            search={{ key: key.hash } as never}
            className={buttonStyle("quiet", true)}
          >
            Logs
          </Link>
          <Button small kind="quiet" disabled={flip.isPending} onClick={() => flip.mutate(key)}>
            {key.disabled ? "Enable" : "Disable"}
          </Button>
          <Button small kind="quiet" onClick={() => setDoomed(key)}>
            Delete
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      {failed ? (
        <p role="alert" className="mb-2 text-sm text-bad">
          {failed.message}
        </p>
      ) : null}
      <Table
        label="Keys"
        columns={columns}
        rows={keys}
        rowKey={(key) => key.hash}
        dim={(key) => key.disabled}
      />
      <Dialog
        open={doomed !== null}
        onOpenChange={() => setDoomed(null)}
        title={`Delete ${doomed?.name}?`}
        about="Whoever uses it is refused at once. Its generations stay in the logs."
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setDoomed(null)}>Keep it</Button>
          <Button
            kind="danger"
            disabled={remove.isPending}
            onClick={() => doomed && remove.mutate(doomed)}
          >
            Delete
          </Button>
        </div>
      </Dialog>
    </>
  );
}

const COLUMNS: Column<Key>[] = [
  {
    id: "name",
    head: "Name",
    by: (key) => key.name,
    cell: (key) => (
      <span>
        <span className="block font-medium">{key.name}</span>
        <code className="font-mono text-xs text-ink-3">{key.label}</code>
      </span>
    ),
  },
  {
    id: "state",
    head: "State",
    by: (key) => stateOf(key, Date.now()),
    cell: (key) => {
      const state = stateOf(key, Date.now());
      return <Tag tone={TONES[state]}>{state === "spent" ? "limit reached" : state}</Tag>;
    },
  },
  {
    id: "day",
    head: "Today",
    number: true,
    first: "desc",
    by: (key) => key.usage_daily,
    cell: (key) => money(key.usage_daily),
  },
  {
    id: "month",
    head: "This month",
    number: true,
    first: "desc",
    by: (key) => key.usage_monthly,
    cell: (key) => money(key.usage_monthly),
  },
  {
    id: "all",
    head: "In all",
    number: true,
    first: "desc",
    by: (key) => key.usage,
    cell: (key) => money(key.usage),
  },
  {
    id: "limit",
    head: "Limit",
    number: true,
    by: (key) => key.limit,
    cell: (key) =>
      key.limit === null
        ? "None"
        : `${money(key.limit)}${key.limit_reset ? ` ${key.limit_reset}` : ""}`,
  },
  {
    id: "left",
    head: "Left",
    number: true,
    by: (key) => key.limit_remaining,
    cell: (key) => money(key.limit_remaining),
  },
  {
    id: "expires",
    head: "Expires",
    by: (key) => key.expires_at,
    cell: (key) => (key.expires_at ? date(key.expires_at) : "Never"),
  },
  {
    id: "used",
    head: "Last used",
    by: (key) => key.last_used_at,
    cell: (key) => (key.last_used_at ? ago(Date.parse(key.last_used_at) / 1000) : "–"),
  },
];
