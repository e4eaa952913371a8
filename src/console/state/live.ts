import { useEffect, useRef } from 'preact/hooks';
import { type EventSelection, followEvents, type SessionEvent, type StreamStatus } from '../api/stream.js';
import { look, reportAnswer, reportSignedOut } from './connection.js';
import { createStore } from './store.js';

/** How the page follows events. Null on pages that follow none. */
type LiveStatus = StreamStatus | 'not-permitted' | null;

export const liveStatus = createStore<LiveStatus>(null);

/** Whether somebody keeps new events back. */
export const paused = createStore(false);

interface Followed {
  readonly onEvent: (event: SessionEvent) => void;
  readonly onBack?: (awaySince: number, mayBeMissing: boolean) => void;
}

/** Follows events for as long as the caller is shown. Null variables: not yet. */
export function useEvents(variables: EventSelection | null, followed: Followed): void {
  const latest = useRef(followed);
  latest.current = followed;
  const key = JSON.stringify(variables);

  useEffect(() => {
    const parsed: EventSelection | null = JSON.parse(key);
    if (parsed === null) return;
    const leaving = new AbortController();
    const handlers = {
      onEvent: (event: SessionEvent) => latest.current.onEvent(event),
      onBack: (awaySince: number, mayBeMissing: boolean) => latest.current.onBack?.(awaySince, mayBeMissing),
      onStatus(status: StreamStatus) {
        if (leaving.signal.aborted) return;
        liveStatus.set(status);
        if (status === 'reconnecting') void look();
      },
      onRefused({ code }: { readonly code: string }) {
        if (leaving.signal.aborted) return;
        if (code === 'UNAUTHENTICATED') reportSignedOut();
        reportAnswer(code);
        liveStatus.set(code === 'FORBIDDEN' ? 'not-permitted' : null);
      },
    };
    void followEvents(parsed, handlers, leaving.signal);
    return () => {
      leaving.abort();
      liveStatus.set(null);
    };
  }, [key]);
}
