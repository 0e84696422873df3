export interface ModelBenchmarks {
  scores: { benchmark: string; name: string; score_percent: string }[];
}
