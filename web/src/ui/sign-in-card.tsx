import { Link, useRouterState } from "@tanstack/react-router";
import { buttonStyle, Card } from "./parts";

/** In the place of what only an operator sees. */
export function SignInCard({ why }: { why: string }) {
  const back = useRouterState({ select: (state) => state.location.href });
  return (
    <Card className="max-w-lg p-5">
      <p className="font-medium">Sign in to go on</p>
      <p className="mt-1 text-sm text-ink-2">{why}</p>
      <Link to="/sign-in" search={{ back } as never} className={`${buttonStyle("main")} mt-4`}>
        Sign in
      </Link>
    </Card>
  );
}
