import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { send } from "@/api/client";
import type { PresetView } from "@/api/types";
import { PRESETS, PresetEditor } from "@/features/presets/editor";
import { ago } from "@/ui/format";
import { Operator } from "@/ui/operator";
import { Button, CopyButton, PageHead } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

type Editing = PresetView | "new" | null;

export function Page() {
  useTitle("Presets");
  const [editing, setEditing] = useState<Editing>(null);
  return (
    <>
      <PageHead
        title="Presets"
        about="Request fields kept under a name: a program asks for the name, and you change what it means here."
      />
      <Operator why="Presets are kept by the operator.">
        <div className="mb-3">
          <Button kind="main" onClick={() => setEditing("new")}>
            <Plus size={14} aria-hidden /> New preset
          </Button>
        </div>
        <List edit={setEditing} />
        {editing ? (
          <PresetEditor
            preset={editing === "new" ? null : editing}
            onClose={() => setEditing(null)}
          />
        ) : null}
      </Operator>
    </>
  );
}

function List({ edit }: { edit: (preset: PresetView) => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (slug: string) => send("DELETE", `/presets/${slug}`),
    onSuccess: () => client.invalidateQueries({ queryKey: PRESETS.queryKey }),
  });
  const columns: Column<PresetView>[] = [
    ...COLUMNS,
    {
      id: "acts",
      head: <span className="sr-only">Actions</span>,
      number: true,
      cell: (preset) => (
        <>
          <Button small kind="quiet" onClick={() => edit(preset)}>
            Edit
          </Button>
          <Button
            small
            kind="quiet"
            disabled={remove.isPending}
            onClick={() => remove.mutate(preset.slug)}
          >
            Delete
          </Button>
        </>
      ),
    },
  ];
  return (
    <Loaded
      query={useQuery(PRESETS)}
      isEmpty={(data) => !data.presets.length}
      empty={
        <Empty title="No presets yet">
          A preset keeps a model, sampling, provider preferences and a system prompt under one name.
        </Empty>
      }
    >
      {(data) => (
        <Table label="Presets" columns={columns} rows={data.presets} rowKey={(row) => row.slug} />
      )}
    </Loaded>
  );
}

const COLUMNS: Column<PresetView>[] = [
  {
    id: "name",
    head: "Preset",
    by: (r) => r.name,
    cell: (r) => (
      <span>
        <span className="block font-medium">{r.name}</span>
        <span className="inline-flex items-center text-xs text-ink-3">
          <code className="font-mono">@preset/{r.slug}</code>
          <CopyButton text={`@preset/${r.slug}`} label="Copy name" />
        </span>
      </span>
    ),
  },
  { id: "model", head: "Model", cell: (r) => String(r.body.model ?? "of the request") },
  { id: "about", head: "Description", cell: (r) => r.description ?? "–" },
  { id: "version", head: "Version", number: true, by: (r) => r.version, cell: (r) => r.version },
  {
    id: "at",
    head: "Changed",
    by: (r) => r.updated_at,
    first: "desc",
    cell: (r) => ago(r.updated_at),
  },
];
