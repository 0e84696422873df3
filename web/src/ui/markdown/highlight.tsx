/** Colours of code, for the languages that answers are mostly in; a chunk of its own. */

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import go from "highlight.js/lib/languages/go";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

for (const [name, language] of Object.entries({
  bash,
  css,
  go,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
})) {
  hljs.registerLanguage(name, language);
}

export default function Highlighted({ text, language }: { text: string; language: string }) {
  if (!hljs.getLanguage(language)) return <code>{text}</code>;
  // The highlighter escapes the text; all it adds is spans with classes.
  const html = hljs.highlight(text, { language }).value;
  // biome-ignore lint/security/noDangerouslySetInnerHtml: escaped by the highlighter
  return <code dangerouslySetInnerHTML={{ __html: html }} />;
}
