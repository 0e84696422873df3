/** The OpenAPI document as a list of operations; pure. */

export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  tag: string;
  query: Field[];
  body: Field[];
  answer: string;
}

export interface Field {
  name: string;
  type: string;
  required: boolean;
  about: string;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
}

export interface OpenApi {
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema> };
}

interface RawOperation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    schema?: Schema;
  }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

/** In the order of the document, tag by tag; what the site alone reads comes last. */
export function operationsOf(document: OpenApi): Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => operation(document, path, method, raw)),
  );
  return all.sort((a, b) => Number(a.tag === "Internal") - Number(b.tag === "Internal"));
}

function operation(document: OpenApi, path: string, method: string, raw: RawOperation): Operation {
  const body = Object.values(raw.requestBody?.content ?? {})[0]?.schema;
  const good = Object.entries(raw.responses ?? {}).find(([status]) => status.startsWith("2"));
  const answer = Object.values(good?.[1].content ?? {})[0]?.schema;
  return {
    id: raw.operationId ?? `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    summary: raw.summary ?? "",
    tag: raw.tags?.[0] ?? "Other",
    query: (raw.parameters ?? []).map((one) => ({
      name: one.name,
      type: `${typeOf(one.schema)}${one.in === "path" ? ", in the path" : ""}`,
      required: one.required ?? false,
      about: one.description ?? "",
    })),
    body: fieldsOf(resolved(document, body)),
    answer: answer ? typeOf(answer) : "",
  };
}

function resolved(document: OpenApi, schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref?.split("/").at(-1);
  return name ? document.components.schemas[name] : schema;
}

function fieldsOf(schema: Schema | undefined): Field[] {
  return Object.entries(schema?.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeOf(field),
    required: schema?.required?.includes(name) ?? false,
    about: field.description ?? "",
  }));
}

export function typeOf(schema: Schema | undefined): string {
  if (!schema) return "any";
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "object";
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return [...new Set(several.map(typeOf))].join(" | ");
  if (schema.type === "array") return `${typeOf(schema.items)}[]`;
  return Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
}
