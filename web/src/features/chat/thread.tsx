/** The turns that are read: what was asked, and below it a column for each model. */

import { GitBranch, Pencil } from "lucide-react";
import { useState } from "react";
import { cx } from "@/ui/cx";
import { Button, Mark } from "@/ui/parts";
import { type Conversation, path, type Reply, shownReply, siblings, type Turn } from "./model";
import { Pager, ReplyView } from "./reply";
import type { Room } from "./room";

export function Thread({
  room,
  conversation,
  names,
  branch,
}: {
  room: Room;
  conversation: Conversation;
  names: (slug: string) => string;
  branch: (turnId: string) => void;
}) {
  return (
    <ol className="space-y-8">
      {path(conversation).map((turn) => (
        <li key={turn.id}>
          <Asked
            room={room}
            conversation={conversation}
            turn={turn}
            branch={() => branch(turn.id)}
          />
          <Columns room={room} turn={turn} names={names} />
        </li>
      ))}
    </ol>
  );
}

function Asked({
  room,
  conversation,
  turn,
  branch,
}: {
  room: Room;
  conversation: Conversation;
  turn: Turn;
  branch: () => void;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const all = siblings(conversation, turn);
  const show = (index: number) =>
    room.change({
      active: { ...conversation.active, [turn.parent ?? ""]: all[index]?.id ?? turn.id },
    });
  if (draft !== null)
    return (
      <form
        className="ml-auto max-w-2xl space-y-2"
        onSubmit={(event) => {
          event.preventDefault();
          setDraft(null);
          room.edit(turn, draft);
        }}
      >
        <textarea
          aria-label="Edit message"
          value={draft}
          rows={3}
          onChange={(event) => setDraft(event.target.value)}
          className="w-full rounded-lg border border-line bg-surface p-3 text-sm"
        />
        <div className="flex justify-end gap-2">
          <Button small onClick={() => setDraft(null)}>
            Cancel
          </Button>
          <Button small kind="main" type="submit">
            Ask again
          </Button>
        </div>
      </form>
    );
  return (
    <div className="ml-auto w-fit max-w-2xl">
      <div className="rounded-2xl rounded-br-sm bg-accent-soft px-3.5 py-2.5">
        <p className="break-words whitespace-pre-wrap">{turn.text}</p>
        {turn.attachments.length ? (
          <ul className="mt-2 flex flex-wrap gap-2">
            {turn.attachments.map((file) => (
              <li key={file.name} className="text-xs text-ink-2">
                {file.type.startsWith("image/") ? (
                  <img src={file.data} alt={file.name} className="max-h-40 rounded-md" />
                ) : (
                  file.name
                )}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <div className="mt-0.5 flex items-center justify-end text-xs text-ink-3">
        {all.length > 1 ? (
          <Pager index={all.indexOf(turn)} of={all.length} show={show} what="version" />
        ) : null}
        <Button
          small
          kind="quiet"
          disabled={room.busy}
          onClick={() => setDraft(turn.text)}
          aria-label="Edit"
          title="Edit and ask again"
        >
          <Pencil size={13} aria-hidden />
        </Button>
        <Button
          small
          kind="quiet"
          onClick={branch}
          aria-label="Branch"
          title="Go on from here in a chat of its own"
        >
          <GitBranch size={13} aria-hidden />
        </Button>
      </div>
    </div>
  );
}

const COLUMNS = ["", "", "lg:grid-cols-2", "lg:grid-cols-3", "lg:grid-cols-2 2xl:grid-cols-4"];

function Columns({
  room,
  turn,
  names,
}: {
  room: Room;
  turn: Turn;
  names: (slug: string) => string;
}) {
  const models = Object.keys(turn.replies);
  return (
    <div className={cx("mt-3 grid gap-4", COLUMNS[models.length] ?? COLUMNS[4])}>
      {models.map((model) => {
        const reply = shownReply(turn, model);
        return reply ? (
          <Column
            key={model}
            room={room}
            turn={turn}
            reply={reply}
            name={names(model)}
            framed={models.length > 1}
          />
        ) : null;
      })}
    </div>
  );
}

function Column({
  room,
  turn,
  reply,
  name,
  framed,
}: {
  room: Room;
  turn: Turn;
  reply: Reply;
  name: string;
  framed: boolean;
}) {
  const all = turn.replies[reply.model] ?? [];
  return (
    <section
      aria-label={name}
      className={cx("min-w-0", framed && "rounded-lg border border-line bg-surface p-3.5")}
    >
      <h2 className="mb-2 flex items-center gap-2 text-sm">
        <Mark name={reply.model.split("/")[0] ?? ""} size={18} />{" "}
        <span className="truncate">{name}</span>
      </h2>
      <ReplyView
        reply={reply}
        index={all.indexOf(reply)}
        of={all.length}
        busy={room.busy}
        actions={{
          retry: () => room.retry(turn, reply.model),
          show: (index) => room.show(turn, reply.model, index),
          answer: (results) => room.answer(turn, reply, results),
        }}
      />
    </section>
  );
}
