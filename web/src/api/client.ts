/** The gateway's API from the page: one way to ask, one shape of failure. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

let csrf: string | null = null;

/** Kept in memory only: what proves that a change comes from this page. */
export function setCsrf(token: string | null): void {
  csrf = token;
}

export function headers(): Record<string, string> {
  return csrf ? { "x-turnout-csrf": csrf } : {};
}

type Query = Record<string, string | number | boolean | null | undefined>;

/** `/api/internal/models?range=1d` from a path and what is not empty of a query. */
export function address(path: string, query: Query = {}): string {
  const kept = Object.entries(query).filter(([, v]) => v !== null && v !== undefined && v !== "");
  const text = new URLSearchParams(kept.map(([k, v]) => [k, String(v)])).toString();
  return text ? `${path}?${text}` : path;
}

async function asked<T>(
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...headers(),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (!answer.ok) throw await failure(answer);
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

/** The server's own words where it gave any. */
export async function failure(answer: Response): Promise<ApiError> {
  const text = await answer.text();
  const wait = Number(answer.headers.get("retry-after")) || null;
  return new ApiError(
    answer.status,
    message(text) ?? `The gateway answered ${answer.status}.`,
    wait,
  );
}

function message(text: string): string | null {
  try {
    const said = JSON.parse(text) as { error?: { message?: string } };
    return said.error?.message ?? null;
  } catch {
    return null;
  }
}

/** Answers that came with the page itself, by path; each is taken once, for the first paint. */
const first = new Map<string, unknown>(
  Object.entries(JSON.parse(globalThis.document?.getElementById("first")?.textContent || "{}")),
);

/** The `data` of an answer of /api/internal. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const asking = address(path, query);
  const known = first.get(asking);
  first.delete(asking);
  if (known !== undefined) return known as T;
  const url = `/api/internal${asking}`;
  return (await asked<{ data: T }>("GET", url, undefined, signal)).data;
}

export async function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown) {
  return (await asked<{ data: T }>(method, `/api/internal${path}`, body))?.data;
}

/** The public API, for what it serves itself (keys). */
export function v1<T>(method: string, path: string, body?: unknown): Promise<T> {
  return asked<T>(method, `/api/v1${path}`, body);
}
