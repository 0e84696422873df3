/** The model page: its head, its choices, its tabs, and the tab that is open. */

import type { ComponentType } from "react";
import type { Model } from "@/api/types";
import { oneOf, useFlat } from "@/ui/search-state";
import { ActivityTab } from "./activity";
import { ApiTab } from "./api";
import { Apps } from "./apps";
import { Benchmarks } from "./benchmarks";
import { Choices, Header } from "./header";
import { MODES, type Mode, type TabId } from "./model";
import { Overview } from "./overview";
import { PerformanceTab } from "./performance";
import { PricingTab } from "./pricing";
import { Providers } from "./providers";
import { QuickStart } from "./quickstart";
import { TabBar } from "./tab-bar";
import { UptimeTab } from "./uptime";

export interface TabProps {
  model: Model;
  mode: Mode;
  onMode: (mode: Mode) => void;
}

const SHOWN: Record<TabId, ComponentType<TabProps>> = {
  overview: Overview,
  providers: Providers,
  performance: PerformanceTab,
  pricing: PricingTab,
  benchmarks: Benchmarks,
  apps: Apps,
  activity: ActivityTab,
  uptime: UptimeTab,
  quickstart: QuickStart,
  api: ApiTab,
};

export function ModelView({ model, tab }: { model: Model; tab: TabId }) {
  const [flat, change] = useFlat();
  const mode = oneOf(flat.mode, MODES);
  const onMode = (next: Mode) => change({ mode: next === "balanced" ? undefined : next });
  const Tab = SHOWN[tab];
  return (
    <>
      <Header model={model} />
      <Choices model={model} mode={mode} tab={tab} onMode={onMode} />
      <TabBar slug={model.slug} tab={tab} mode={mode} />
      <Tab model={model} mode={mode} onMode={onMode} />
    </>
  );
}
