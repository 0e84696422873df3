import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { modelsQuery } from "@/api/queries";
import type { ModelList } from "@/api/types";
import { Filters } from "@/features/models/filters";
import { ModelCards, ModelTable } from "@/features/models/list";
import {
  chosen,
  conditions,
  filterOf,
  ORDER_WORDS,
  ORDERS,
  toggled,
} from "@/features/models/model";
import { SearchField, Select, Switch } from "@/ui/choice";
import { Button, buttonStyle, PageHead } from "@/ui/parts";
import { listOf, oneOf, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";

const FORMS = ["table", "cards"] as const;

export function Page() {
  useTitle("Models");
  return (
    <>
      <PageHead
        title="Models"
        about="Every model of the catalog: what it takes, what it costs and how fast it was here."
      />
      <Loaded query={useQuery(modelsQuery)} rows={12}>
        {(list) => <Browser list={list} />}
      </Loaded>
    </>
  );
}

function Browser({ list }: { list: ModelList }) {
  const [flat, change] = useFlat();
  const [railOpen, setRailOpen] = useState(false);
  const filter = filterOf(flat);
  const [typed, setTyped] = useState(filter.q);
  const key = useDeferredValue(JSON.stringify({ ...filter, q: typed }));
  const models = useMemo(() => chosen(list.models, JSON.parse(key)), [list, key]);
  const form = oneOf(flat.fmt, FORMS);
  const picked = listOf(flat.compare);
  const pick = (slug: string) => change({ compare: toggled(picked, slug) || undefined });
  const count = conditions(filter);
  const search = (text: string) => {
    setTyped(text);
    change({ q: text || undefined });
  };
  return (
    <div className="gap-6 lg:grid lg:grid-cols-[13rem_minmax(0,1fr)]">
      <aside
        aria-label="Filters"
        className={
          railOpen
            ? "mb-5 rounded-lg border border-line p-3.5 lg:mb-0 lg:border-0 lg:p-0"
            : "hidden lg:block"
        }
      >
        <Filters list={list} filter={filter} change={change} />
      </aside>
      <div className="min-w-0">
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <SearchField
            label="Search by name, slug or description"
            className="min-w-52 flex-1"
            value={typed}
            onChange={(e) => search(e.target.value)}
          />
          <Button
            className="lg:hidden"
            aria-expanded={railOpen}
            onClick={() => setRailOpen(!railOpen)}
          >
            <SlidersHorizontal size={14} aria-hidden /> Filters{count ? ` (${count})` : ""}
          </Button>
          <Select
            label="Order"
            value={filter.order ?? (typed ? "best" : "top-weekly")}
            options={[
              ...(typed ? [{ value: "best", label: "Best match" }] : []),
              ...ORDERS.map((value) => ({ value, label: ORDER_WORDS[value] })),
            ]}
            onChange={(order) => change({ order: order === "best" ? undefined : order })}
          />
          <Switch
            label="Layout"
            value={form}
            options={[
              { value: "table", label: "Table" },
              { value: "cards", label: "Cards" },
            ]}
            onChange={(fmt) => change({ fmt: fmt === "table" ? undefined : fmt })}
          />
        </div>
        <p role="status" className="mb-2 text-xs text-ink-3">
          {models.length === list.models.length
            ? `${models.length} models`
            : `${models.length} of ${list.models.length} models`}
        </p>
        {models.length === 0 ? (
          <Empty title="No model meets all of this">
            Take a condition away, or search for fewer words.
          </Empty>
        ) : form === "cards" ? (
          <ModelCards models={models} picked={picked} pick={pick} />
        ) : (
          <ModelTable models={models} picked={picked} pick={pick} />
        )}
      </div>
      {picked.length ? <Tray picked={picked} clear={() => change({ compare: undefined })} /> : null}
    </div>
  );
}

function Tray({ picked, clear }: { picked: string[]; clear: () => void }) {
  return (
    <div className="fixed bottom-4 left-1/2 z-20 flex -translate-x-1/2 items-center gap-3 rounded-lg border border-line bg-surface px-3.5 py-2 text-sm shadow-pop">
      <span className="whitespace-nowrap">
        {picked.length} chosen{picked.length > 4 ? ", at most 4" : ""}
      </span>
      <Link
        to="/compare"
        search={{ m: picked.slice(0, 4).join(",") } as never}
        className={buttonStyle("main", true)}
      >
        Compare
      </Link>
      <Link
        to="/chat"
        search={{ m: picked.slice(0, 4).join(",") } as never}
        className={buttonStyle("plain", true)}
      >
        Chat
      </Link>
      <Button small kind="quiet" onClick={clear}>
        Clear
      </Button>
    </div>
  );
}
