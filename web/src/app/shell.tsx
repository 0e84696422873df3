/** What stands around every page: the bar, the search, the demo's label, the foot. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { LogIn, Menu, Moon, Search, Sun, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { sessionQuery } from "@/api/queries";
import { Hatches } from "@/charts/hatch";
import { cx } from "@/ui/cx";
import { buttonStyle } from "@/ui/parts";
import { Palette } from "./palette";
import { setTheme, useTheme } from "./theme";

const PRODUCT = [
  { to: "/models", label: "Models" },
  { to: "/chat", label: "Chat" },
  { to: "/compare", label: "Compare" },
  { to: "/rankings", label: "Rankings" },
  { to: "/apps", label: "Apps" },
  { to: "/providers", label: "Providers" },
  { to: "/status", label: "Status" },
] as const;
const OPERATOR = [
  { to: "/activity", label: "Activity" },
  { to: "/logs", label: "Logs" },
  { to: "/keys", label: "Keys" },
  { to: "/credits", label: "Credits" },
  { to: "/presets", label: "Presets" },
  { to: "/settings", label: "Settings" },
] as const;

export function Shell() {
  const [searching, setSearching] = useState(false);
  useSlash(() => setSearching(true));
  return (
    <div className="flex min-h-screen flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:p-2"
      >
        Skip to content
      </a>
      <Hatches />
      <Bar onSearch={() => setSearching(true)} />
      <DemoLabel />
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-[1360px] flex-1 px-4 py-6 outline-none sm:px-6"
      >
        <Outlet />
      </main>
      <Foot />
      {searching ? <Palette onClose={() => setSearching(false)} /> : null}
    </div>
  );
}

function Bar({ onSearch }: { onSearch: () => void }) {
  const [open, setOpen] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) setOpen(false);
    shown.current = path;
  }, [path]);
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-page/90 backdrop-blur">
      <div className="mx-auto flex h-13 max-w-[1360px] items-center gap-3 px-4 sm:px-6">
        <Link to="/" className="flex items-center gap-2 font-semibold tracking-tight">
          <img src="/favicon.svg" alt="" width={22} height={22} />
          Turnout
        </Link>
        <button
          type="button"
          onClick={onSearch}
          className="ml-1 flex h-8 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-sm text-ink-3 hover:border-line-strong lg:w-52"
        >
          <Search size={14} aria-hidden />
          <span className="max-lg:sr-only">Search models</span>
          <kbd className="ml-auto rounded border border-line px-1 font-mono text-[11px] max-lg:hidden">
            /
          </kbd>
        </button>
        <nav aria-label="Main" className="ml-auto hidden items-center gap-0.5 lg:flex">
          <Links links={PRODUCT} />
          <span aria-hidden className="mx-1.5 h-4 w-px bg-line" />
          <OperatorLinks />
        </nav>
        <div className="flex items-center gap-1 max-lg:ml-auto">
          <ThemeButton />
          <button
            type="button"
            className={cx(buttonStyle("quiet"), "px-2 lg:hidden")}
            aria-expanded={open}
            aria-label="Menu"
            onClick={() => setOpen(!open)}
          >
            {open ? <X size={18} aria-hidden /> : <Menu size={18} aria-hidden />}
          </button>
        </div>
      </div>
      {open ? (
        <nav
          aria-label="Main, narrow"
          className="grid grid-cols-2 gap-1 border-t border-line bg-page px-4 py-3 lg:hidden"
        >
          <Links links={PRODUCT} />
          <OperatorLinks all />
        </nav>
      ) : null}
    </header>
  );
}

const LINK =
  "rounded-md px-2 py-1.5 text-sm font-medium text-ink-2 hover:bg-sunken hover:text-ink data-[status=active]:text-accent";

function Links({ links }: { links: readonly { to: string; label: string }[] }) {
  return links.map((link) => (
    <Link key={link.to} to={link.to} className={LINK}>
      {link.label}
    </Link>
  ));
}

function OperatorLinks({ all = false }: { all?: boolean }) {
  const session = useQuery(sessionQuery).data;
  if (session && !session.signed_in)
    return (
      <Link to="/sign-in" className={cx(LINK, "inline-flex items-center gap-1.5")}>
        <LogIn size={14} aria-hidden /> Sign in
      </Link>
    );
  return <Links links={all ? OPERATOR : OPERATOR.slice(0, 3).concat(OPERATOR.slice(5))} />;
}

function ThemeButton() {
  const theme = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  const Icon = theme === "dark" ? Sun : Moon;
  return (
    <button
      type="button"
      aria-label={`Switch to ${other} theme`}
      title={`Switch to ${other} theme`}
      onClick={() => setTheme(other)}
      className={cx(buttonStyle("quiet"), "px-2")}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}

function DemoLabel() {
  const session = useQuery(sessionQuery).data;
  if (!session?.demo) return null;
  return (
    <aside
      aria-label="Demo"
      className="border-b border-line bg-warn-soft px-4 py-1.5 text-center text-xs font-medium text-warn"
    >
      Demo: the providers are simulated and the last 30 days are synthetic. Prices and facts are
      real.
    </aside>
  );
}

const FOOT = [
  { to: "/pricing", label: "Pricing" },
  { to: "/docs", label: "Docs" },
  { to: "/credits", label: "Credits" },
  { to: "/presets", label: "Presets" },
] as const;

function Foot() {
  const session = useQuery(sessionQuery).data;
  return (
    <footer className="mt-10 border-t border-line">
      <div className="mx-auto flex max-w-[1360px] flex-wrap items-center gap-x-5 gap-y-2 px-4 py-5 text-sm text-ink-3 sm:px-6">
        <span>Turnout {session?.version}</span>
        {FOOT.map((link) => (
          <Link key={link.to} to={link.to} className="hover:text-ink">
            {link.label}
          </Link>
        ))}
        <Link to="/docs/$" params={{ _splat: "api" }} className="hover:text-ink">
          API reference
        </Link>
        <a href="/llms.txt" className="hover:text-ink">
          llms.txt
        </a>
      </div>
    </footer>
  );
}

/** "/" opens the search, unless something is being typed. */
function useSlash(open: () => void) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement &&
        event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || typing || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      open();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
}
