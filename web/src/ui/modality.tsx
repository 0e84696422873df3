/** What goes in and comes out of a model, as icons with words for those who do not see them. */

import { AudioLines, Binary, FileText, Image, ListOrdered, Type, Video } from "lucide-react";

const ICONS = {
  text: Type,
  image: Image,
  file: FileText,
  audio: AudioLines,
  video: Video,
  embeddings: Binary,
  rerank: ListOrdered,
};

export function Modalities({ kinds, label }: { kinds: readonly string[]; label: string }) {
  return (
    <span
      role="img"
      aria-label={`${label}: ${kinds.join(", ")}`}
      title={`${label}: ${kinds.join(", ")}`}
      className="inline-flex items-center gap-1 text-ink-2"
    >
      {kinds.map((kind) => {
        const Icon = ICONS[kind as keyof typeof ICONS] ?? Binary;
        return <Icon key={kind} size={14} aria-hidden />;
      })}
    </span>
  );
}
