import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ConsoleHistoryQuery, SessionEndReason } from '../../operations/operations.js';
import { ConsoleHistory } from '../api/documents.js';
import { run } from '../api/run.js';
import { initiatorTexts, texts } from '../texts.js';
import { type Person, usePeople } from './people.js';
import { may, useViewer, type Viewer } from './viewer.js';

export type HistoryEntry = ConsoleHistoryQuery['sessionHistory']['entries'][number];

/** Events of one request come together. */
const gatherMs = 400;
const newestEntries = 100;

export interface EndingNote {
  readonly endedAt: string | null;
  readonly reason: SessionEndReason;
  readonly initiatingEntity: HistoryEntry['initiatingEntity'];
  /** Null when it is not known, or not for this person to know. */
  readonly actor: HistoryEntry['actor'];
}

interface Endings {
  /** By the id of the session. */
  readonly notes: ReadonlyMap<string, EndingNote>;
  /** Something has ended: looks up who did it. */
  readonly lookUp: () => void;
}

/** Who ended sessions lately: of one user, or of anyone. */
export function useEndings(userId: string | null): Endings {
  const viewer = useViewer();
  const isPermitted = may(viewer, 'audit:read');
  const [notes, setNotes] = useState<ReadonlyMap<string, EndingNote>>(new Map());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const lookUp = useCallback(() => {
    if (!isPermitted) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      run(ConsoleHistory, { filter: userId === null ? null : { userId }, first: newestEntries }).then(
        ({ sessionHistory }) =>
          setNotes(
            (before) =>
              new Map([
                ...before,
                // The newest comes first, and counts.
                ...sessionHistory.entries
                  .filter(({ outcome }) => outcome !== 'FAILED')
                  .map((entry) => [entry.sessionId, entry] as const)
                  .reverse(),
              ]),
          ),
        // The event itself says that it ended and why.
        () => undefined,
      );
    }, gatherMs);
  }, [isPermitted, userId]);
  return { notes, lookUp };
}

/** Who did it, in words. */
export function actorText(
  note: Pick<EndingNote, 'actor' | 'initiatingEntity'>,
  people: ReadonlyMap<string, Person | null>,
  viewer: Viewer,
): string {
  const { actor, initiatingEntity } = note;
  if (actor === null) return initiatorTexts[initiatingEntity];
  if (actor.userId !== null && actor.userId === viewer.userId) return viewer.displayName;
  if (actor.userId !== null) return people.get(actor.userId)?.name ?? actor.name;
  return texts.service(actor.name);
}

export function usePeopleOf(notes: Iterable<Pick<EndingNote, 'actor'>>): ReadonlyMap<string, Person | null> {
  return usePeople([...notes].map(({ actor }) => actor?.userId ?? null));
}
