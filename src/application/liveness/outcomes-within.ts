import type { SessionId } from '../../domain/ids.js';
import { settlesWithin } from '../../domain/within.js';
import type { Question } from './confirmation-line.js';

/** The outcome of each question that is settled within the time: whether it was answered. */
export async function outcomesWithin(
  waiting: readonly (readonly [SessionId, Question])[],
  timeoutMs: number,
): Promise<ReadonlyMap<SessionId, boolean>> {
  const outcomes = new Map<SessionId, boolean>();
  if (waiting.length === 0) return outcomes;
  const all = waiting.map(([id, { answered }]) =>
    answered.then((isAnswered) => {
      outcomes.set(id, isAnswered);
    }),
  );
  await settlesWithin(Promise.all(all), timeoutMs);
  return outcomes;
}
