/** Where a link in a document leads on the site: "../reference/errors.md" in "howto/x" → "/docs/reference/errors". */
export function addressOf(href: string, slug: string): string {
  if (/^[a-z]+:/i.test(href) || href.startsWith("/") || href.startsWith("#")) return href;
  const found = new URL(href, `http://docs/docs/${slug}`);
  return found.pathname.replace(/\.md$/, "") + found.hash;
}
