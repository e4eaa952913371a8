import type { SessionId } from '../../domain/ids.js';
import { settlesWithin } from '../operation/settles-within.js';
import type { Question } from './confirmation-line.js';

/** The sessions whose questions could not be asked. Those that still wait after the time are not among them. */
export async function outcomesWithin(
  waiting: readonly (readonly [SessionId, Question])[],
  timeoutMs: number,
): Promise<ReadonlySet<SessionId>> {
  const failed = new Set<SessionId>();
  if (waiting.length === 0) return failed;
  const all = waiting.map(([id, { answered }]) =>
    answered.then((isAnswered) => {
      if (!isAnswered) failed.add(id);
    }),
  );
  await settlesWithin(
    Promise.all(all).then(() => undefined),
    timeoutMs,
  );
  return failed;
}
