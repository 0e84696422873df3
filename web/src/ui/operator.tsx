/** What only a signed-in operator sees; others are shown where to sign in. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sessionQuery } from "@/api/queries";
import { SignInCard } from "./sign-in-card";
import { Loading } from "./states";

export function Operator({ why, children }: { why: string; children: ReactNode }) {
  const session = useQuery(sessionQuery).data;
  if (!session) return <Loading />;
  return session.signed_in ? children : <SignInCard why={why} />;
}
