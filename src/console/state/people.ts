import { useEffect } from 'preact/hooks';
import { ConsoleUsers } from '../api/documents.js';
import { run } from '../api/run.js';
import { nameOf, plain } from '../names.js';
import { createStore, useStore } from './store.js';

export interface Person {
  readonly name: string;
  readonly email: string | null;
}

/** Users by id, as far as they have been looked up; null for those whom the service does not know. */
const people = createStore<ReadonlyMap<string, Person | null>>(new Map());

const waiting = new Set<string>();
/** Rows of one table ask in one request. */
const gatherMs = 20;
const maxIds = 100;
let isGathering = false;

/** The users with these ids, in a map that fills as they become known. */
export function usePeople(ids: readonly (string | null | undefined)[]): ReadonlyMap<string, Person | null> {
  const known = useStore(people);
  const key = [...new Set(ids)].join(' ');
  useEffect(() => {
    for (const id of key.split(' ')) if (id !== '' && !known.has(id)) waiting.add(id);
    gather();
  }, [key]);
  return known;
}

function gather(): void {
  if (isGathering || waiting.size === 0) return;
  isGathering = true;
  setTimeout(() => void lookUp(), gatherMs);
}

async function lookUp(): Promise<void> {
  isGathering = false;
  const ids = [...waiting].slice(0, maxIds);
  for (const id of ids) waiting.delete(id);
  gather();
  const found = await run(ConsoleUsers, { ids }).catch(() => null);
  // A failed look-up leaves ids in place of names; the next table asks again.
  if (found === null) return;
  const next = new Map(people.get());
  ids.forEach((id, index) => {
    const user = found.users[index] ?? null;
    next.set(id, user === null ? null : { name: nameOf(user), email: plain(user.email) });
  });
  people.set(next);
}
