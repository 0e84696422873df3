import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { modelsQuery } from "@/api/queries";
import { search } from "@/api/search";
import type { ModelRow } from "@/api/types";
import { SearchField } from "@/ui/choice";
import { compact, perMillion, perMillionNumber } from "@/ui/format";
import { PageHead } from "@/ui/parts";
import { useFlat, useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

export function Page() {
  useTitle("Pricing");
  const [flat, change] = useFlat();
  return (
    <>
      <PageHead
        title="Pricing"
        about="List prices in USD for a million tokens. Turnout adds nothing: a request costs what its endpoint lists, tokens read from a prompt cache what the provider asks for those."
        actions={
          <SearchField
            label="Search models"
            defaultValue={flat.q}
            onChange={(event) => change({ q: event.target.value })}
          />
        }
      />
      <Loaded query={useQuery(modelsQuery)} rows={12}>
        {(list) => {
          const rows = search(
            list.models.filter((model) => model.price_prompt !== null),
            flat.q ?? "",
          );
          return rows.length ? (
            <Table
              label="Prices"
              columns={COLUMNS}
              rows={rows}
              rowKey={(row) => row.slug}
              initial={{ id: "name", desc: false }}
            />
          ) : (
            <Empty title="No priced model is like that">Search for fewer words.</Empty>
          );
        }}
      </Loaded>
    </>
  );
}

const COLUMNS: Column<ModelRow>[] = [
  {
    id: "name",
    head: "Model",
    by: (r) => r.name,
    cell: (r) => (
      <Link to={`/${r.slug}/pricing` as "/"} className="font-medium hover:text-accent">
        {r.name}
      </Link>
    ),
  },
  {
    id: "in",
    head: "In / M",
    number: true,
    by: (r) => perMillionNumber(r.price_prompt),
    cell: (r) => perMillion(r.price_prompt),
  },
  {
    id: "out",
    head: "Out / M",
    number: true,
    by: (r) => perMillionNumber(r.price_completion),
    cell: (r) => perMillion(r.price_completion),
  },
  {
    id: "context",
    head: "Context",
    number: true,
    first: "desc",
    by: (r) => r.context_length,
    cell: (r) => compact(r.context_length),
  },
  {
    id: "providers",
    head: "Providers",
    number: true,
    first: "desc",
    by: (r) => r.providers.length,
    cell: (r) => r.providers.length,
  },
];
