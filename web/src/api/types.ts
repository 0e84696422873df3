/** Shapes of /api/internal as the pages use them: made from the gateway's own OpenAPI document. */

import type {
  EndpointCard,
  ModelCard,
  ModelPage,
  Models,
  ParameterCard,
  SessionRow,
} from "./schema";

export type {
  ActivityPage,
  AppCard,
  AppPage,
  Apps,
  DayUptime,
  KeyMade,
  KeyRow,
  ModelBenchmarks,
  ModelPricing,
  ModelUptime,
  Percentiles,
  Performance,
  PolicyCard as DataPolicy,
  Prices,
  ProviderCard,
  ProviderPage,
  ProviderStatus,
  Providers,
  RankedApp,
  RankedModel,
  Rankings,
  RoutedEndpoint,
  Routing,
  Standing,
  Status as StatusPage,
} from "./schema";

export type Session = SessionRow;
export type ModelRow = ModelCard;
export type ModelList = Models;
export type Model = ModelPage;
export type Endpoint = EndpointCard;
export type ParameterRow = ParameterCard;
export type Status = EndpointCard["status"];
export type Honour = ParameterCard["by_endpoint"][string];
export type Named = Models["authors"][number];

export type {
  CreditView,
  DecisionRow,
  DocumentList,
  DocumentText,
  GenerationDetail,
  GenerationList,
  GenerationRow,
  PresetView,
  PresetViews,
  SettingsView,
} from "./schema";
