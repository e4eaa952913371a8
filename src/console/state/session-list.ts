import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ConsoleSessionsQuery, SessionFilter, SessionOrder } from '../../operations/operations.js';
import { ConsoleSessions } from '../api/documents.js';
import { type ApiFailure, asFailure } from '../api/failure.js';
import { run } from '../api/run.js';
import { currentTime } from './now.js';

export type Session = ConsoleSessionsQuery['sessionsConnection']['nodes'][number];

const pageSize = 50;

interface Loaded {
  readonly rows: readonly Session[];
  readonly totalCount: number;
  readonly truncated: boolean;
  readonly endCursor: string | null;
  readonly hasMore: boolean;
}

interface SessionList {
  /** Null until there is an answer. */
  readonly loaded: Loaded | null;
  readonly failure: ApiFailure | null;
  readonly isLoading: boolean;
  /** Sessions that began since, held back so that no row moves. */
  readonly arrived: readonly Session[];
  readonly loadMore: () => void;
  /** Begins anew. */
  readonly reload: () => void;
  /** Looks for sessions that are not in the list, and how many there are now: then calls back. */
  readonly lookForNew: (onCounted: () => void) => void;
  readonly showArrived: () => void;
}

/** The sessions of a user page by page, in the order and under the filter given. */
export function useSessionList(userId: string, filter: SessionFilter, orderBy: SessionOrder): SessionList {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [arrived, setArrived] = useState<readonly Session[]>([]);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isLoading, setIsLoading] = useState(true);
  const [round, setRound] = useState(0);
  const key = JSON.stringify({ userId, filter, orderBy });
  const current = useRef({ key, loaded });
  current.current = { key, loaded };

  const ask = useCallback(
    async (after: string | null, signal?: AbortSignal) => {
      const { sessionsConnection } = await run(ConsoleSessions, { ...JSON.parse(key), first: pageSize, after }, signal);
      return sessionsConnection;
    },
    [key],
  );

  useEffect(() => {
    const leaving = new AbortController();
    setIsLoading(true);
    setArrived([]);
    ask(null, leaving.signal).then(
      (page) => {
        setLoaded(loadedOf([], page));
        setFailure(null);
        setIsLoading(false);
      },
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        setFailure(asFailure(error));
        setIsLoading(false);
      },
    );
    return () => leaving.abort();
  }, [ask, round]);

  const loadMore = useCallback(() => {
    const { loaded: before } = current.current;
    if (before === null) return;
    setIsLoading(true);
    ask(before.endCursor).then(
      (page) => {
        if (current.current.key !== key) return;
        setLoaded((now) => loadedOf(now?.rows ?? [], page));
        setFailure(null);
        setIsLoading(false);
      },
      (error: unknown) => {
        if (current.current.key !== key) return;
        setFailure(asFailure(error));
        setIsLoading(false);
      },
    );
  }, [ask, key]);

  const lookForNew = useCallback(
    (onCounted: () => void) => {
      ask(null).then(
        (page) => {
          const { loaded: before, key: keyNow } = current.current;
          if (before === null || keyNow !== key) return;
          const known = new Set(before.rows.map(({ id }) => id));
          const isBeyond = (index: number) => index >= before.rows.length && before.hasMore;
          const fresh = page.nodes.filter(({ id }, index) => !known.has(id) && !isBeyond(index));
          if (fresh.length > 0) setArrived(fresh);
          setLoaded({ ...before, totalCount: page.totalCount, truncated: page.truncated });
          onCounted();
        },
        // The list says that it is not live; another event brings another look.
        () => undefined,
      );
    },
    [ask, key],
  );

  const showArrived = useCallback(() => {
    setLoaded((before) => (before === null ? null : { ...before, rows: unique([...arrived, ...before.rows]) }));
    setArrived([]);
  }, [arrived]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { loaded, failure, isLoading, arrived, loadMore, reload, lookForNew, showArrived };
}

function loadedOf(before: readonly Session[], page: ConsoleSessionsQuery['sessionsConnection']): Loaded {
  const { nodes, totalCount, truncated, pageInfo } = page;
  return {
    rows: unique([...before, ...nodes]),
    totalCount,
    truncated,
    endCursor: pageInfo.endCursor,
    hasMore: pageInfo.hasNextPage,
  };
}

function unique(sessions: readonly Session[]): readonly Session[] {
  return [...new Map(sessions.map((session) => [session.id, session])).values()];
}

/** This moment, and behind the beginning of all that is shown, whatever the clocks say. */
export function afterAllOf(rows: readonly Session[]): string {
  const begins = rows.map(({ createdAt }) => Date.parse(createdAt) + 1);
  return new Date(Math.max(currentTime(), ...begins)).toISOString();
}
