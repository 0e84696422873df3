import { useQuery } from "@tanstack/react-query";
import { modelsQuery, sessionQuery } from "@/api/queries";
import { Chat } from "@/features/chat/chat";
import { PageHead } from "@/ui/parts";
import { listOf, useFlat, useTitle } from "@/ui/search-state";
import { SignInCard } from "@/ui/sign-in-card";
import { Loaded } from "@/ui/states";

export function Page() {
  useTitle("Chat");
  const [flat] = useFlat();
  const models = useQuery(modelsQuery);
  const session = useQuery(sessionQuery);
  if (session.data && !session.data.signed_in)
    return (
      <>
        <PageHead
          title="Chat"
          about="Ask up to four models at once and see what each says, costs and takes."
        />
        <SignInCard why="Messages are charged to a key of this installation, so chatting needs a sign-in." />
      </>
    );
  return (
    <Loaded query={models} rows={3}>
      {(list) => (
        <Chat
          models={list.models}
          wanted={listOf(flat.m).slice(0, 4)}
          first={[...list.models]
            .sort((a, b) => b.weekly_tokens - a.weekly_tokens)
            .filter((model) => model.on > 0)
            .slice(0, 1)
            .map((model) => model.slug)}
        />
      )}
    </Loaded>
  );
}
