/** What models write, as markdown; raw HTML stays text. A chunk of its own, loaded with the first answer. */

import { type ComponentProps, lazy, Suspense } from "react";
import ReactMarkdown, { defaultUrlTransform } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CopyButton } from "@/ui/parts";

const Highlighted = lazy(() => import("./highlight"));

/** `link`: what becomes of an address before it is followed; given by pages whose links are relative. */
export default function Markdown({
  text,
  link,
}: {
  text: string;
  link?: (href: string) => string;
}) {
  return (
    <div className="prose-turnout">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        urlTransform={(href) => defaultUrlTransform(link ? link(href) : href)}
        components={{ pre: Pre, a: Anchor, table: Sideways, img: Picture }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}

function Pre({ children }: ComponentProps<"pre">) {
  const code = children as { props?: { className?: string; children?: unknown } } | undefined;
  const text = String(code?.props?.children ?? "").replace(/\n$/, "");
  const language = /language-(\S+)/.exec(code?.props?.className ?? "")?.[1] ?? "";
  return (
    <div className="relative my-3 rounded-lg border border-line bg-sunken">
      <div className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3 text-xs text-ink-3">
        {language || "text"}
        <CopyButton text={text} label="Copy code" />
      </div>
      <pre tabIndex={0} className="overflow-x-auto p-3 font-mono text-[13px] leading-relaxed">
        <Suspense fallback={<code>{text}</code>}>
          {language ? <Highlighted text={text} language={language} /> : <code>{text}</code>}
        </Suspense>
      </pre>
    </div>
  );
}

/** Links to elsewhere open in a tab of their own and tell nobody where from. */
function Anchor({ href, children }: ComponentProps<"a">) {
  const away =
    href?.startsWith("/") || href?.startsWith("#")
      ? {}
      : { target: "_blank", rel: "noreferrer noopener" };
  return (
    <a href={href} {...away} className="text-accent underline underline-offset-2">
      {children}
    </a>
  );
}

function Sideways({ children }: ComponentProps<"table">) {
  return (
    <section tabIndex={0} aria-label="Table" className="my-3 overflow-x-auto">
      <table>{children}</table>
    </section>
  );
}

/** Pictures from elsewhere would leave the origin, so they are shown as what they are: links. */
function Picture({ src, alt }: ComponentProps<"img">) {
  return typeof src === "string" && src.startsWith("data:image/") ? (
    <img src={src} alt={alt ?? ""} />
  ) : (
    <Anchor href={String(src ?? "")}>{alt || "picture"}</Anchor>
  );
}
