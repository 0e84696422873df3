/** What the pages ask for, by name: one cache entry each. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, setCsrf } from "./client";
import type { Model, ModelList, Session } from "./types";

const MINUTE = 60_000;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    const session = await get<Session>("/session", {}, signal);
    setCsrf(session.csrf);
    return session;
  },
  staleTime: 5 * MINUTE,
});

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => get<ModelList>("/models", {}, signal),
  staleTime: MINUTE,
});

export const modelQuery = (slug: string) =>
  queryOptions({
    queryKey: ["model", slug],
    queryFn: ({ signal }) => get<Model>(`/models/${slug}`, {}, signal),
    staleTime: MINUTE,
  });

/** Any other page's answer: by its path and query. */
export const pageQuery = <T>(
  path: string,
  query: Record<string, string | number | boolean | null | undefined> = {},
) =>
  queryOptions({
    queryKey: ["page", path, query],
    queryFn: ({ signal }) => get<T>(path, query, signal),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
