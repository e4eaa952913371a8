import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readSessionPage, readSessions } from '../../application/operation/read-sessions.js';
import type { UserId } from '../../domain/ids.js';
import { type SessionFilterInput, type SessionOrderInput, toSessionFilter, toSessionOrder } from './session.inputs.js';
import { type SessionType, toSessionType, viewpointOf } from './session.type.js';
import { type SessionConnectionType, toPageRequest, toSessionConnection } from './session-connection.type.js';

/** What the schema lets a caller say about a list of sessions. Left out, an argument is undefined. */
interface ListArguments {
  readonly filter: SessionFilterInput | null | undefined;
  readonly orderBy: SessionOrderInput | null | undefined;
}

interface PageArguments extends ListArguments {
  readonly first: number;
  readonly after: string | null | undefined;
}

/** The list behind Query.sessions and User.sessions. */
export async function readList(
  scope: OperationScope,
  userId: UserId,
  { filter, orderBy }: ListArguments,
): Promise<readonly SessionType[]> {
  const order = toSessionOrder(orderBy ?? null);
  const sessions = await readSessions(scope, userId, toSessionFilter(filter ?? null), order);
  scope.countResults(sessions.length);
  const view = viewpointOf(scope);
  return sessions.map((session) => toSessionType(session, view));
}

/** The page behind Query.sessionsConnection and User.sessionsConnection. */
export async function readConnection(
  scope: OperationScope,
  userId: UserId,
  { filter, orderBy, first, after }: PageArguments,
): Promise<SessionConnectionType> {
  const order = toSessionOrder(orderBy ?? null);
  const request = toPageRequest(first, after ?? null);
  const page = await readSessionPage(scope, userId, toSessionFilter(filter ?? null), order, request);
  scope.countResults(page.sessions.length);
  return toSessionConnection(page, order, viewpointOf(scope));
}
