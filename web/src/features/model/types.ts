/** Answers of the routes below /api/internal/models/{author}/{slug}, by the names the tabs use. */

import type { RoutedDay } from "@/api/schema";

export type {
  BenchmarkScore as Score,
  DayPrice,
  EndpointPrice,
  EndpointUptime,
  ModelApp,
  ModelPricing as Pricing,
  ModelUptime as Uptime,
  Performance,
  Point as PerformancePoint,
  RoutedEndpoint as Routed,
  Routing,
  Tag as Tagged,
  UseDay,
} from "@/api/schema";

export type Both = Omit<RoutedDay, "day">;
