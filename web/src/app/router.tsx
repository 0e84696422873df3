/** Every page's address, each in a chunk of its own. What a page's search holds is parsed by the page. */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { modelQuery } from "@/api/queries";
import { Failed } from "@/ui/states";
import { NotFound } from "./not-found";
import { queryClient } from "./query";
import { Shell } from "./shell";

type Search = Record<string, string | undefined>;

/** A search is flat text: `?q=mini&sort=price`; pages give each name its meaning. */
const flat = (search: Record<string, unknown>): Search =>
  Object.fromEntries(
    Object.entries(search).map(([name, value]) => [
      name,
      value === undefined ? undefined : String(value),
    ]),
  );

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ({ error }) => (
    <Failed error={error instanceof Error ? error : new Error(String(error))} />
  ),
  validateSearch: flat,
});

const page = <P extends string>(path: P, load: () => Promise<{ Page: React.ComponentType }>) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, "Page") });

/** A model's data is asked for with the page's code, not after it; pointing at a link asks for both. */
const modelPage = <P extends "/$author/$slug" | "/$author/$slug/$tab">(path: P) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(() => import("@/routes/model"), "Page"),
    loader: ({ params }) => {
      const { author, slug } = params as { author: string; slug: string };
      void queryClient.prefetchQuery(modelQuery(`${author}/${slug}`));
    },
  });

const routes = [
  page("/", () => import("@/routes/home")),
  page("/models", () => import("@/routes/models")),
  page("/compare", () => import("@/routes/compare")),
  page("/chat", () => import("@/routes/chat")),
  page("/rankings", () => import("@/routes/rankings")),
  page("/apps", () => import("@/routes/apps")),
  page("/app", () => import("@/routes/app")),
  page("/providers", () => import("@/routes/providers")),
  page("/provider/$slug", () => import("@/routes/provider")),
  page("/status", () => import("@/routes/status")),
  page("/pricing", () => import("@/routes/pricing")),
  page("/activity", () => import("@/routes/activity")),
  page("/logs", () => import("@/routes/logs")),
  page("/logs/$id", () => import("@/routes/log")),
  page("/keys", () => import("@/routes/keys")),
  page("/credits", () => import("@/routes/credits")),
  page("/presets", () => import("@/routes/presets")),
  page("/settings", () => import("@/routes/settings")),
  page("/docs", () => import("@/routes/docs")),
  page("/docs/$", () => import("@/routes/docs")),
  page("/sign-in", () => import("@/routes/sign-in")),
  modelPage("/$author/$slug"),
  modelPage("/$author/$slug/$tab"),
  createRoute({
    getParentRoute: () => root,
    path: "/$author",
    beforeLoad: ({ params }) => {
      throw redirect({ to: "/models", search: { model_authors: params.author } });
    },
  }),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent",
  // A model's variant is in its address: /openai/gpt-oss-20b:free.
  pathParamsAllowedCharacters: [":", "@"],
  scrollRestoration: true,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
    return text
      ? `?${text.replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":")}`
      : "";
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
