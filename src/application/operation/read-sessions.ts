import type { SessionLifetimes, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, UserId } from '../../domain/ids.js';
import type { SessionListing } from '../../domain/ports/session-gateway.js';
import type { Session } from '../../domain/session.js';
import { type PageRequest, pageOf, type SessionPage } from '../../domain/session-page.js';
import { type SessionFilter, type SessionOrder, selectSessions } from '../../domain/session-query.js';
import type { OperationScope } from './operation-scope.js';

type ReadScope = Pick<OperationScope, 'reads' | 'memory' | 'clock' | 'work'>;

/** The sessions of one user that match the filter. None when the user is unknown, as in FusionAuth. */
export async function readSessions(
  scope: ReadScope,
  userId: UserId,
  filter: SessionFilter,
  order: SessionOrder,
): Promise<readonly Session[]> {
  return select(scope, await scope.reads.sessionsOf(userId), filter, order);
}

/**
 * A page of the sessions of one user that match the filter.
 * @throws InvalidInputError when the cursor is not one of this order.
 */
export async function readSessionPage(
  scope: ReadScope,
  userId: UserId,
  filter: SessionFilter,
  order: SessionOrder,
  page: PageRequest,
): Promise<SessionPage & { readonly truncated: boolean }> {
  const listing = await scope.reads.sessionsOf(userId);
  const selected = select(scope, listing, filter, order);
  // Finding the place of a cursor compares sessions from the first on.
  for (const cursor of [page.after, page.before]) if (cursor !== null) scope.work.lookAtSessions(selected.length);
  return { ...pageOf(selected, order, page), truncated: listing.truncated };
}

/** Filters and orders a list once for each operation, however often it asks for the same. */
function select(
  { clock, work, memory }: Pick<ReadScope, 'clock' | 'work' | 'memory'>,
  listing: SessionListing,
  filter: SessionFilter,
  order: SessionOrder,
): readonly Session[] {
  const key = JSON.stringify([filter, order]);
  work.compare(key.length);
  return memory.once(listing, key, () => {
    work.lookAtSessions(listing.sessions.length);
    // A filter by text compares every text of each session.
    if (filter.text !== null) work.lookAtSessions(listing.sessions.length);
    // Addresses have several forms, of which one is made to compare them.
    if (filter.ipAddress !== null || filter.text?.includes(':') === true) work.lookAtSessions(listing.sessions.length);
    return selectSessions(listing.sessions, filter, order, clock.now());
  });
}

/**
 * One session, or null when it does not exist or has ended: the two look the same. FusionAuth decides whether it lives:
 * a guard that asks must not refuse a user because this service computed lifetimes from wrong settings or by a wrong
 * clock.
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

/** The lifetimes in force for an application, or for the tenant; null when it does not exist. */
export async function readLifetimes(
  { reads }: Pick<OperationScope, 'reads'>,
  applicationId: ApplicationId | null,
): Promise<SessionLifetimes | null> {
  return reads.lifetimes(applicationId);
}
