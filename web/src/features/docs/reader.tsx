/** Documentation, from the markdown that the installation carries. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { pageQuery } from "@/api/queries";
import type { DocumentList, DocumentText } from "@/api/types";
import { cx } from "@/ui/cx";
import { Loaded, Loading } from "@/ui/states";
import { addressOf } from "./links";

const Markdown = lazy(() => import("@/ui/markdown/markdown"));

export function Contents({ pages, current }: { pages: DocumentList["pages"]; current: string }) {
  const sections = [...new Set(pages.map((page) => page.section))];
  return (
    <nav aria-label="Documentation" className="space-y-4 text-sm">
      {sections.map((section) => (
        <div key={section}>
          <p className="mb-1 text-xs font-semibold tracking-wide text-ink-3 uppercase">
            {section || "Start"}
          </p>
          <ul>
            {pages
              .filter((page) => page.section === section)
              .map((page) => (
                <li key={page.slug}>
                  <Entry slug={page.slug} title={page.title} on={page.slug === current} />
                </li>
              ))}
          </ul>
        </div>
      ))}
      <div>
        <p className="mb-1 text-xs font-semibold tracking-wide text-ink-3 uppercase">API</p>
        <Entry slug="api" title="API reference" on={current === "api"} />
      </div>
    </nav>
  );
}

function Entry({ slug, title, on }: { slug: string; title: string; on: boolean }) {
  return (
    <Link
      to="/docs/$"
      params={{ _splat: slug }}
      aria-current={on ? "page" : undefined}
      className={cx(
        "block rounded-md px-2 py-1 hover:bg-sunken",
        on ? "bg-sunken font-medium text-accent" : "text-ink-2",
      )}
    >
      {title}
    </Link>
  );
}

export function Document({ slug }: { slug: string }) {
  return (
    <Loaded query={useQuery(pageQuery<DocumentText>(`/docs/${slug}`))} rows={12}>
      {(page) => (
        <article className="docs max-w-3xl">
          <p className="mb-3 text-right text-xs">
            <a href={`/docs/${page.slug}.md`} className="text-ink-3 hover:text-ink">
              As markdown
            </a>
          </p>
          <Suspense fallback={<Loading rows={10} />}>
            <Markdown text={page.markdown} link={(href) => addressOf(href, page.slug)} />
          </Suspense>
        </article>
      )}
    </Loaded>
  );
}
