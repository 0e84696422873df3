/** Code as it is copied. */

import { CopyButton } from "./parts";

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative rounded-lg border border-line bg-sunken">
      <div className="absolute top-1.5 right-1.5 rounded-md bg-sunken">
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="overflow-x-auto p-3.5 pr-12 font-mono text-[13px] leading-relaxed"
      >
        <code>{text}</code>
      </pre>
    </div>
  );
}
