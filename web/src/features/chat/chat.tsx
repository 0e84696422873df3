/** The chat: the shelf of conversations beside the one that is open. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PanelLeft, Settings2 } from "lucide-react";
import { useMemo, useState, useSyncExternalStore } from "react";
import type { ModelRow } from "@/api/types";
import { cx } from "@/ui/cx";
import { Button } from "@/ui/parts";
import { Loaded } from "@/ui/states";
import { Composer } from "./composer";
import { branched, type Conversation, newConversation } from "./model";
import { ModelChips } from "./models";
import { Room } from "./room";
import { SamplingDialog, toolsProblem } from "./settings";
import { Sidebar } from "./sidebar";
import { forget, keep, kept } from "./store";
import { Thread } from "./thread";

const KEY = ["conversations"];

/** `wanted`: models that the address names. `first`: what a chat begins with when it names none. */
export function Chat({
  models,
  wanted,
  first,
}: {
  models: ModelRow[];
  wanted: string[];
  first: string[];
}) {
  const query = useQuery({ queryKey: KEY, queryFn: kept, staleTime: Number.POSITIVE_INFINITY });
  return (
    <Loaded query={query} rows={3}>
      {(conversations) => (
        <Desk
          models={models}
          conversations={conversations}
          begin={wanted.length ? wanted : first}
          fresh={wanted.length > 0}
        />
      )}
    </Loaded>
  );
}

function Desk({
  models,
  conversations,
  begin,
  fresh,
}: {
  models: ModelRow[];
  conversations: Conversation[];
  begin: string[];
  fresh: boolean;
}) {
  const client = useQueryClient();
  const made = () => newConversation(begin, crypto.randomUUID(), Date.now());
  const [open, setOpen] = useState<Conversation>(
    () => (fresh ? undefined : conversations[0]) ?? made(),
  );
  const [shelfOpen, setShelfOpen] = useState(false);
  const saved = useMutation({
    mutationFn: (one: Conversation) => keep(one),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  const room = useMemo(() => new Room(open, (one) => saved.mutate(one)), [open, saved.mutate]);
  const switchTo = (one: Conversation) => {
    room.stop();
    setOpen(one);
    setShelfOpen(false);
  };
  const remove = async (id: string) => {
    await forget(id);
    await client.invalidateQueries({ queryKey: KEY });
    if (id === open.id) switchTo(made());
  };
  const shelf = {
    open: (id: string) => switchTo(conversations.find((one) => one.id === id) ?? open),
    start: () => switchTo(made()),
    remove: (id: string) => void remove(id),
    take: (list: Conversation[]) => {
      for (const one of list) saved.mutate(one);
    },
  };
  const branch = (conversation: Conversation, turnId: string) => {
    const one = branched(conversation, turnId, crypto.randomUUID(), Date.now());
    saved.mutate(one);
    switchTo(one);
  };
  return (
    <div className="gap-6 lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]">
      <aside
        aria-label="Chats"
        className={cx(
          "lg:sticky lg:top-19 lg:h-[calc(100vh-7rem)]",
          shelfOpen ? "mb-4 h-80" : "hidden lg:block",
        )}
      >
        <Sidebar conversations={conversations} current={open.id} shelf={shelf} />
      </aside>
      <Floor
        key={open.id}
        room={room}
        models={models}
        branch={branch}
        toggleShelf={() => setShelfOpen(!shelfOpen)}
      />
    </div>
  );
}

function Floor({
  room,
  models,
  branch,
  toggleShelf,
}: {
  room: Room;
  models: ModelRow[];
  branch: (conversation: Conversation, turnId: string) => void;
  toggleShelf: () => void;
}) {
  const conversation = useSyncExternalStore(room.subscribe, room.current);
  const [tuning, setTuning] = useState(false);
  const names = (slug: string) => models.find((model) => model.slug === slug)?.name ?? slug;
  const problem = conversation.models.length
    ? toolsProblem(conversation.sampling.tools)
    : "Add a model first.";
  return (
    <div className="flex min-h-[calc(100vh-12rem)] min-w-0 flex-col">
      <h1 className="sr-only">Chat</h1>
      <div className="mb-5 flex items-start gap-2">
        <Button small kind="quiet" className="lg:hidden" aria-label="Chats" onClick={toggleShelf}>
          <PanelLeft size={15} aria-hidden />
        </Button>
        <ModelChips
          chosen={conversation.models}
          models={models}
          names={names}
          change={(chosen) => room.change({ models: chosen })}
        />
        <Button small kind="quiet" className="ml-auto" onClick={() => setTuning(true)}>
          <Settings2 size={14} aria-hidden /> Settings
        </Button>
      </div>
      <div className="flex-1">
        {Object.keys(conversation.turns).length ? (
          <Thread
            room={room}
            conversation={conversation}
            names={names}
            branch={(id) => branch(conversation, id)}
          />
        ) : (
          <p className="pt-[12vh] text-center text-ink-3">
            Choose up to four models and ask them all at once.
          </p>
        )}
      </div>
      <div className="sticky bottom-0 -mx-1 mt-6 bg-page px-1 pt-1 pb-3">
        {problem ? <p className="mb-1 text-xs text-warn">{problem}</p> : null}
        <Composer
          busy={room.busy}
          ask={(text, files) => problem || room.ask(text, files)}
          stop={() => room.stop()}
        />
      </div>
      <SamplingDialog
        open={tuning}
        onOpenChange={setTuning}
        sampling={conversation.sampling}
        change={(next) => room.change({ sampling: { ...conversation.sampling, ...next } })}
      />
    </div>
  );
}
