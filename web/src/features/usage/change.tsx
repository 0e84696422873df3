import { ArrowDown, ArrowUp } from "lucide-react";
import { percent } from "@/ui/format";

/** Against the span before: a fraction, 0.1 is 10 % more; null is new or unknown. */
export function Change({ of }: { of: number | null }) {
  if (of === null) return <span className="text-ink-3">new</span>;
  const Arrow = of < 0 ? ArrowDown : ArrowUp;
  return (
    <span className={`inline-flex items-center gap-0.5 ${of < 0 ? "text-bad" : "text-good"}`}>
      <Arrow size={12} aria-label={of < 0 ? "down" : "up"} />
      {percent(Math.abs(of), 0)}
    </span>
  );
}
