import type { User } from '../domain/directory.js';
import type { SessionId, UserId } from '../domain/ids.js';
import { isLive, type Session } from '../domain/session.js';
import { type SessionFilter, type SessionOrder, selectSessions } from '../domain/session-query.js';
import { requirePermission } from './authorization.js';
import type { OperationScope } from './operation-scope.js';

type ReadScope = Pick<OperationScope, 'caller' | 'reads' | 'clock'>;

/** The sessions of one user that match the filter. None when the user is unknown, as in FusionAuth. */
export async function readSessions(
  { caller, reads, clock }: ReadScope,
  userId: UserId,
  filter: SessionFilter,
  order: SessionOrder,
): Promise<readonly Session[]> {
  requirePermission(caller, 'session:read');
  const { sessions } = await reads.sessionsOf(userId);
  return selectSessions(sessions, filter, order, clock.now());
}

/** One live session, or null when it does not exist or has ended: the two look the same. */
export async function readSession({ caller, reads, clock }: ReadScope, id: SessionId): Promise<Session | null> {
  requirePermission(caller, 'session:read');
  const session = await reads.session(id);
  return session !== null && isLive(session, clock.now()) ? session : null;
}

/** Users in the order of the ids, null where unknown. */
export async function readUsers(
  { caller, reads }: Pick<OperationScope, 'caller' | 'reads'>,
  ids: readonly UserId[],
): Promise<readonly (User | null)[]> {
  requirePermission(caller, 'session:read');
  return Promise.all(ids.map((id) => reads.user(id)));
}
