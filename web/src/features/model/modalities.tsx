/** What goes in and what comes out, as icons with their words for screen readers. */

import {
  ArrowDownWideNarrow,
  ArrowRight,
  AudioLines,
  FileText,
  Image,
  type LucideIcon,
  Type,
  Video,
  Waypoints,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  text: Type,
  image: Image,
  file: FileText,
  audio: AudioLines,
  video: Video,
  embeddings: Waypoints,
  rerank: ArrowDownWideNarrow,
};

export function Modalities({ inputs, outputs }: { inputs: string[]; outputs: string[] }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-ink-2">
      <Icons names={inputs} />
      <span className="sr-only">in,</span>
      <ArrowRight size={12} aria-hidden className="text-ink-3" />
      <Icons names={outputs} />
      <span className="sr-only">out</span>
    </span>
  );
}

function Icons({ names }: { names: string[] }) {
  return names.map((name) => {
    const Icon = ICONS[name] ?? FileText;
    return (
      <span
        key={name}
        title={name}
        className="inline-flex size-6 items-center justify-center rounded border border-line bg-surface"
      >
        <Icon size={13} aria-hidden />
        <span className="sr-only">{name}</span>
      </span>
    );
  });
}
