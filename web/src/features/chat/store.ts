/** Conversations stay in the browser: one IndexedDB store, by id. */

import type { Conversation } from "./model";

const NAME = "turnout";
const STORE = "conversations";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function done<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

/** All of them, the last changed first. What was streaming when the page closed has stopped. */
export async function kept(): Promise<Conversation[]> {
  const all = await done("readonly", (store) => store.getAll() as IDBRequest<Conversation[]>);
  return all.map(settled).sort((a, b) => b.changed - a.changed);
}

export const keep = (conversation: Conversation) =>
  done("readwrite", (store) => store.put(conversation));
export const forget = (id: string) => done("readwrite", (store) => store.delete(id));

function settled(conversation: Conversation): Conversation {
  const turns = Object.entries(conversation.turns).map(([id, turn]) => [
    id,
    {
      ...turn,
      replies: Object.fromEntries(
        Object.entries(turn.replies).map(([model, all]) => [
          model,
          all.map((reply) =>
            reply.state === "streaming" ? { ...reply, state: "stopped" as const } : reply,
          ),
        ]),
      ),
    },
  ]);
  return { ...conversation, turns: Object.fromEntries(turns) };
}
