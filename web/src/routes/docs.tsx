import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { DocumentList } from "@/api/types";
import { ApiReference } from "@/features/docs/api-reference";
import { Contents, Document } from "@/features/docs/reader";
import { useTitle } from "@/ui/search-state";
import { Loaded } from "@/ui/states";

export function Page() {
  const { _splat } = useParams({ strict: false });
  return (
    <Loaded query={useQuery(pageQuery<DocumentList>("/docs"))} rows={12}>
      {({ pages }) => <Library pages={pages} slug={_splat || pages[0]?.slug || "api"} />}
    </Loaded>
  );
}

function Library({ pages, slug }: { pages: DocumentList["pages"]; slug: string }) {
  useTitle(
    slug === "api" ? "API reference" : (pages.find((page) => page.slug === slug)?.title ?? "Docs"),
  );
  return (
    <div className="gap-8 lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]">
      <aside
        aria-label="Contents"
        className="mb-6 lg:sticky lg:top-19 lg:mb-0 lg:max-h-[calc(100vh-6rem)] lg:overflow-y-auto"
      >
        <details className="lg:hidden">
          <summary className="text-sm font-medium">Contents</summary>
          <Contents pages={pages} current={slug} />
        </details>
        <div className="hidden lg:block">
          <Contents pages={pages} current={slug} />
        </div>
      </aside>
      <div className="min-w-0">{slug === "api" ? <ApiReference /> : <Document slug={slug} />}</div>
    </div>
  );
}
