import pLimit from 'p-limit';
import { UpstreamTimeoutError } from '../../domain/errors.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { isLive, type Session } from '../../domain/session.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';

const maxConcurrentLookups = 16;

/** A user's live sessions as they are now. */
export interface LiveSessions {
  readonly sessions: readonly Session[];
  /** True when older ones may exist that FusionAuth did not list. */
  readonly truncated: boolean;
}

/**
 * Reads a user's live sessions for a decision. With `required`, sessions that must be among them.
 *
 * A session created a moment ago can be missing from a list that was read from a lagging replica, and an old one from
 * a list that is cut. Such a session is asked for by its id, and if it is live and this user's, the list is read again
 * and judged together with it.
 *
 * @throws UpstreamTimeoutError also when the operation runs out of time between two look-ups.
 * @returns the id of the first required session that is not a live session of this user, if there is one.
 */
export async function readLiveSessions(
  gateway: SessionGateway,
  { clock, time }: Pick<OperationScope, 'clock' | 'time'>,
  userId: UserId,
  required: readonly SessionId[],
): Promise<LiveSessions | { readonly notLive: SessionId }> {
  const isLiveNow = (session: Session) => isLive(session, clock.now());

  const { sessions, truncated } = await gateway.listSessions(userId);
  const live = sessions.filter(isLiveNow);
  const listed = new Set(live.map(({ id }) => id));
  // A session that is named twice must not be judged twice: the second would be one too many, and be revoked.
  const missing = [...new Set(required)].filter((id) => !listed.has(id));
  if (missing.length === 0) return { sessions: live, truncated };

  const inTurn = pLimit(maxConcurrentLookups);
  const lookUp = async (id: SessionId) => {
    if (isOver(time)) throw new UpstreamTimeoutError(false);
    const session = await gateway.findSession(id);
    return session !== null && session.userId === userId && isLiveNow(session) ? session : null;
  };
  const lookedUp = await Promise.all(missing.map((id) => inTurn(() => lookUp(id))));
  const notLive = missing.find((_id, index) => lookedUp[index] === null);
  if (notLive !== undefined) return { notLive };
  const found = lookedUp.filter((session) => session !== null);
  const again = await gateway.listSessions(userId);
  const foundIds = new Set(missing);
  const others = again.sessions.filter((session) => !foundIds.has(session.id) && isLiveNow(session));
  return { sessions: [...found, ...others], truncated: again.truncated };
}
