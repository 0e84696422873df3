/** A provider's data policy, in words. */

import type { DataPolicy } from "@/api/types";
import { Tag } from "./parts";

export function PolicyTags({ policy }: { policy: DataPolicy }) {
  return (
    <span className="inline-flex flex-wrap gap-1">
      <Tag tone={policy.training === null ? "plain" : policy.training ? "bad" : "good"}>
        {trainingWords(policy.training)}
      </Tag>
      <Tag tone={policy.zdr ? "good" : "plain"}>{retentionWords(policy)}</Tag>
    </span>
  );
}

export function trainingWords(training: boolean | null): string {
  return training === null ? "Training unknown" : training ? "May train" : "No training";
}

export function retentionWords({ zdr, retains_prompts, retention_days }: DataPolicy): string {
  if (zdr || retains_prompts === false) return "Keeps nothing";
  if (retention_days !== null) return `Keeps ${retention_days} days`;
  return retains_prompts ? "Keeps prompts" : "Retention unknown";
}
