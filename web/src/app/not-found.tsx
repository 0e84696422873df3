import { Link } from "@tanstack/react-router";
import { buttonStyle } from "@/ui/parts";

export function NotFound() {
  return (
    <div className="py-16 text-center">
      <h1>There is no such page</h1>
      <p className="mt-2 text-ink-2">
        The address may be mistyped, or the model may have another slug.
      </p>
      <Link to="/models" className={`${buttonStyle("main")} mt-5`}>
        Search models
      </Link>
    </div>
  );
}
