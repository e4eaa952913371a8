import { useMemo } from 'preact/hooks';
import { jobs } from './jobs.js';
import { useStore } from './store.js';

/** What jobs of this page have ended, by reason; a new list only where there is more. */
export function useEndedHere(userId: string) {
  const all = useStore(jobs).filter(({ plan }) => plan.userId === userId);
  const ended = all.map(({ plan, result }) => [plan.reason, result.ended.map(({ sessionId }) => sessionId)] as const);
  const key = all.map(({ id, result }) => `${id}:${result.ended.length}`).join(' ');
  return useMemo(() => ended, [key]);
}
