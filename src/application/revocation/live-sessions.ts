import pLimit from 'p-limit';
import { UpstreamTimeoutError } from '../../domain/errors.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { isLive, type Session } from '../../domain/session.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';

/** How many sessions one operation looks up, or users it lists to look for SSO sessions, at the same time. */
export const maxConcurrentLookups = 16;

/** A user's live sessions as they are now. */
export interface LiveSessions {
  readonly sessions: readonly Session[];
  /** True when older ones may exist that FusionAuth did not list. */
  readonly truncated: boolean;
  /** Required sessions that are not live sessions of this user, each once. */
  readonly notLive: readonly SessionId[];
}

/**
 * Reads a user's live sessions for a decision. With `required`, sessions that must be among them.
 *
 * A listed session is live: FusionAuth lists no expired sessions, and its clock and settings decide, not ours. A list
 * from a lagging replica can miss a session created a moment ago, and a cut list an old one. A missing required session
 * is read by its id, and the list is read again and judged together with it. If no list shows it, the lifetime that we
 * compute for it has to agree that it is live.
 *
 * @throws UpstreamTimeoutError also when the operation runs out of time between two look-ups.
 */
export async function readLiveSessions(
  gateway: SessionGateway,
  { clock, time }: Pick<OperationScope, 'clock' | 'time'>,
  userId: UserId,
  required: readonly SessionId[],
): Promise<LiveSessions> {
  const { sessions, truncated } = await gateway.listSessions(userId);
  const listed = new Set(sessions.map(({ id }) => id));
  // A session that is named twice must be judged once: the second copy would exceed the limit and be revoked.
  const missing = [...new Set(required)].filter((id) => !listed.has(id));
  if (missing.length === 0) return { sessions, truncated, notLive: [] };

  const inTurn = pLimit(maxConcurrentLookups);
  const lookUp = async (id: SessionId) => {
    if (isOver(time)) throw new UpstreamTimeoutError(false);
    const session = await gateway.findSession(id);
    return session !== null && session.userId === userId ? session : null;
  };
  const lookedUp = await Promise.all(missing.map((id) => inTurn(() => lookUp(id))));
  if (lookedUp.every((session) => session === null)) return { sessions, truncated, notLive: missing };

  const again = await gateway.listSessions(userId);
  const listedAgain = new Map(again.sessions.map((session) => [session.id, session]));
  const found = lookedUp.filter(
    (session) => session !== null && (listedAgain.has(session.id) || isLive(session, clock.now())),
  );
  const foundById = new Map(found.flatMap((session) => (session === null ? [] : [[session.id, session] as const])));
  const others = again.sessions.filter(({ id }) => !foundById.has(id));
  return {
    sessions: [...foundById.values(), ...others],
    truncated: again.truncated,
    notLive: missing.filter((id) => !foundById.has(id)),
  };
}
