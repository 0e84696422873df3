import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { get } from "@/api/client";
import { modelsQuery } from "@/api/queries";
import type { GenerationList, GenerationRow } from "@/api/types";
import { inputStyle, SearchField, Select } from "@/ui/choice";
import { clock, compact, duration, money, speed } from "@/ui/format";
import { Operator } from "@/ui/operator";
import { Button, PageHead, Tag, type Tone } from "@/ui/parts";
import { type Flat, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Failed, Loading } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

const FILTERS = ["q", "model", "provider", "key", "app", "status"] as const;
const STATUS: { value: string; label: string }[] = [
  { value: "", label: "Any outcome" },
  { value: "ok", label: "Served" },
  { value: "error", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
];
export const TONES: Record<GenerationRow["status"], Tone> = {
  ok: "good",
  error: "bad",
  cancelled: "warn",
};

export function Page() {
  useTitle("Logs");
  return (
    <>
      <PageHead
        title="Logs"
        about="Every generation, the newest first: who asked, who served, what it took and cost."
      />
      <Operator why="Logs show what was asked of this installation, and by whom.">
        <Rows />
      </Operator>
    </>
  );
}

function Rows() {
  const [flat, change] = useFlat();
  const navigate = useNavigate();
  const filter = Object.fromEntries(FILTERS.map((name) => [name, flat[name]]));
  const query = useInfiniteQuery({
    queryKey: ["generations", filter],
    queryFn: ({ pageParam, signal }) => helping(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const rows = query.data?.pages.flatMap((page) => page.generations) ?? [];
  return (
    <>
      <Filters flat={flat} change={change} />
      {query.error && !query.data ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <Loading rows={12} /> : null}
      {query.data && !rows.length ? (
        <Empty title="No generation is like that">
          {Object.values(filter).some(Boolean)
            ? "Take a condition away."
            : "Requests show here as soon as they end."}
        </Empty>
      ) : null}
      {rows.length ? (
        <Table
          label="Generations"
          columns={COLUMNS}
          rows={rows}
          rowKey={(row) => row.id}
          onRow={(row) => void navigate({ to: "/logs/$id", params: { id: row.id } })}
        />
      ) : null}
      {query.hasNextPage ? (
        <div className="mt-4 text-center">
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? "Loading…" : "Older"}
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** The next rows. A search may come back early with none and a place to go on from: it is gone on with. */
async function helping(filter: Flat, cursor: string | null, signal: AbortSignal) {
  let page: GenerationList;
  do {
    page = await get<GenerationList>("/generations", { ...filter, cursor, limit: 50 }, signal);
    cursor = page.next_cursor;
  } while (!page.generations.length && cursor);
  return page;
}

function Filters({ flat, change }: { flat: Flat; change: (next: Flat) => void }) {
  const models = useQuery(modelsQuery).data;
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField
        label="Search by generation id"
        className="min-w-56 flex-1"
        defaultValue={flat.q}
        onChange={(event) => change({ q: event.target.value })}
      />
      <input
        aria-label="Model"
        placeholder="Model"
        list="log-models"
        className={`${inputStyle} w-56`}
        defaultValue={flat.model}
        onChange={(event) => change({ model: event.target.value })}
      />
      <datalist id="log-models">
        {models?.models
          .filter((model) => model.on)
          .map((model) => (
            <option key={model.slug} value={model.slug} />
          ))}
      </datalist>
      <Select
        label="Provider"
        value={flat.provider ?? ""}
        options={[
          { value: "", label: "Any provider" },
          ...(models?.providers ?? []).map((one) => ({ value: one.slug, label: one.name })),
        ]}
        onChange={(provider) => change({ provider })}
      />
      <Select
        label="Outcome"
        value={flat.status ?? ""}
        options={STATUS}
        onChange={(status) => change({ status })}
      />
      {flat.key || flat.app ? (
        <Button small onClick={() => change({ key: undefined, app: undefined })}>
          {flat.app ?? "One key"}: show all
        </Button>
      ) : null}
    </div>
  );
}

const COLUMNS: Column<GenerationRow>[] = [
  {
    id: "at",
    head: "When, UTC",
    cell: (r) => (
      <Link
        to="/logs/$id"
        params={{ id: r.id }}
        className="font-medium whitespace-nowrap hover:text-accent"
      >
        {clock(r.created_at)}
      </Link>
    ),
  },
  {
    id: "model",
    head: "Model",
    cell: (r) => <span className="whitespace-nowrap">{r.model || r.requested}</span>,
  },
  { id: "provider", head: "Provider", cell: (r) => r.provider_name ?? r.provider ?? "–" },
  {
    id: "app",
    head: "App",
    cell: (r) => <span className="block max-w-40 truncate">{r.app_title || r.app || "–"}</span>,
  },
  {
    id: "key",
    head: "Key",
    cell: (r) => <span className="block max-w-32 truncate">{r.key_name ?? "–"}</span>,
  },
  { id: "in", head: "In", number: true, cell: (r) => compact(r.tokens_prompt) },
  { id: "out", head: "Out", number: true, cell: (r) => compact(r.tokens_completion) },
  { id: "cost", head: "Cost", number: true, cell: (r) => money(r.cost) },
  { id: "ttft", head: "TTFT", number: true, cell: (r) => duration(r.ttft_ms) },
  { id: "speed", head: "Throughput", number: true, cell: (r) => speed(r.throughput_tps) },
  { id: "tries", head: "Attempts", number: true, cell: (r) => r.attempts },
  {
    id: "status",
    head: "Outcome",
    cell: (r) => (
      <Tag tone={TONES[r.status]}>
        {r.status === "ok" ? (r.finish_reason ?? "served") : r.status}
      </Tag>
    ),
  },
];
