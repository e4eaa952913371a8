import type { SessionLifetimes, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { Session } from '../../domain/session.js';
import { type PageRequest, pageOf, type SessionPage } from '../../domain/session-page.js';
import { type SessionFilter, type SessionOrder, selectSessions } from '../../domain/session-query.js';
import type { OperationScope } from './operation-scope.js';

type ReadScope = Pick<OperationScope, 'reads' | 'clock'>;

/** The sessions of one user that match the filter. None when the user is unknown, as in FusionAuth. */
export async function readSessions(
  { reads, clock }: ReadScope,
  userId: UserId,
  filter: SessionFilter,
  order: SessionOrder,
): Promise<readonly Session[]> {
  const { sessions } = await reads.sessionsOf(userId);
  return selectSessions(sessions, filter, order, clock.now());
}

/**
 * A page of the sessions of one user that match the filter.
 * @throws InvalidInputError when the cursor is not one of this order.
 */
export async function readSessionPage(
  { reads, clock }: ReadScope,
  userId: UserId,
  filter: SessionFilter,
  order: SessionOrder,
  page: PageRequest,
): Promise<SessionPage & { readonly truncated: boolean }> {
  const { sessions, truncated } = await reads.sessionsOf(userId);
  return { ...pageOf(selectSessions(sessions, filter, order, clock.now()), order, page), truncated };
}

/**
 * One session, or null when it does not exist or has ended: the two look the same. Whether it lives is for FusionAuth to
 * say: a guard that asks must not refuse a user because lifetimes were computed from settings or a clock that are off.
 */
export async function readSession({ reads }: Pick<ReadScope, 'reads'>, id: SessionId): Promise<Session | null> {
  return reads.session(id);
}

/** Users in the order of the ids, null where unknown. */
export async function readUsers(
  { reads }: Pick<OperationScope, 'reads'>,
  ids: readonly UserId[],
): Promise<readonly (User | null)[]> {
  return Promise.all(ids.map((id) => reads.user(id)));
}

/** The lifetimes in force for an application, or for the tenant; null when there is no such one. */
export async function readLifetimes(
  { reads }: Pick<OperationScope, 'reads'>,
  applicationId: ApplicationId | null,
): Promise<SessionLifetimes | null> {
  return reads.lifetimes(applicationId);
}
