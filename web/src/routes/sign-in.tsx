import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError, send, setCsrf } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import type { Session } from "@/api/types";
import { Field, inputStyle, Switch } from "@/ui/choice";
import { Button, Card, PageHead } from "@/ui/parts";
import { useFlat, useTitle } from "@/ui/search-state";

type Way = "password" | "key";

export function Page() {
  useTitle("Sign in");
  const [flat] = useFlat();
  const [way, setWay] = useState<Way>("password");
  const [secret, setSecret] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery).data;
  const signIn = useMutation({
    mutationFn: () => send<Session>("POST", "/session", { [way]: secret }),
    onSuccess: async (made) => {
      setCsrf(made?.csrf ?? null);
      client.setQueryData(sessionQuery.queryKey, made);
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      await navigate({ to: inside(flat.back) as "/" });
    },
  });
  return (
    <div className="mx-auto max-w-md">
      <PageHead title="Sign in" about="For whoever runs this installation." />
      <Card className="p-5">
        {session && !session.can_sign_in ? (
          <p className="text-sm">
            No operator password is set. Set one with `turnout password`, or sign in with a
            management key.
          </p>
        ) : null}
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <Switch
            label="Sign in with"
            value={way}
            options={[
              { value: "password", label: "Password" },
              { value: "key", label: "Management key" },
            ]}
            onChange={setWay}
          />
          <Field
            label={way === "password" ? "Operator password" : "Management key"}
            hint={
              way === "password"
                ? "Printed at the first start; `turnout password` sets another."
                : "Begins with sk-or-v1-."
            }
          >
            <input
              type="password"
              autoComplete="current-password"
              required
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
              className={`${inputStyle} w-full`}
            />
          </Field>
          {signIn.error ? (
            <p role="alert" className="text-sm text-bad">
              {refusal(signIn.error)}
            </p>
          ) : null}
          <Button
            kind="main"
            type="submit"
            className="w-full"
            disabled={signIn.isPending || !secret}
          >
            Sign in
          </Button>
        </form>
      </Card>
    </div>
  );
}

/** Only pages of this site are gone back to. */
function inside(back: string | undefined): string {
  return back?.startsWith("/") && !back.startsWith("//") ? back : "/";
}

function refusal(error: Error): string {
  return error instanceof ApiError && error.retryAfter
    ? `${error.message} Try again in ${error.retryAfter} s.`
    : error.message;
}
