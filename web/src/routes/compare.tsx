import { useQueries, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { modelQuery, modelsQuery } from "@/api/queries";
import { CompareTable } from "@/features/compare/table";
import { ModelPicker } from "@/ui/model-picker";
import { Button, PageHead } from "@/ui/parts";
import { listOf, useFlat, useTitle } from "@/ui/search-state";
import { Empty, Failed, Loading } from "@/ui/states";

const MOST = 4;

export function Page() {
  useTitle("Compare");
  const [flat, change] = useFlat();
  const [adding, setAdding] = useState(false);
  const slugs = [...new Set(listOf(flat.m))].slice(0, MOST);
  const all = useQuery(modelsQuery).data?.models ?? [];
  const answers = useQueries({ queries: slugs.map((slug) => modelQuery(slug)) });
  const failed = answers.find((answer) => answer.error);
  const models = answers.flatMap((answer) => (answer.data ? [answer.data] : []));
  const set = (next: string[]) => change({ m: next.join(",") || undefined });
  return (
    <>
      <PageHead
        title="Compare"
        about="Two to four models side by side; the best figure of a line is marked."
        actions={
          <Button
            kind={slugs.length ? "plain" : "main"}
            disabled={slugs.length >= MOST}
            onClick={() => setAdding(true)}
          >
            <Plus size={14} aria-hidden /> Add model
          </Button>
        }
      />
      {failed?.error ? <Failed error={failed.error} retry={() => void failed.refetch()} /> : null}
      {slugs.length === 0 ? (
        <Empty title="Nothing to compare yet">
          Add two models, or choose them on the Models page.
        </Empty>
      ) : null}
      {models.length ? (
        <CompareTable models={models} drop={(slug) => set(slugs.filter((one) => one !== slug))} />
      ) : slugs.length && !failed ? (
        <Loading rows={12} />
      ) : null}
      <ModelPicker
        open={adding}
        onOpenChange={setAdding}
        models={all.filter((model) => !slugs.includes(model.slug))}
        pick={(slug) => set([...slugs, slug])}
        none="The catalog is empty."
      />
    </>
  );
}
