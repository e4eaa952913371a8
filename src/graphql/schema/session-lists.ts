import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readSessionPage, readSessions } from '../../application/operation/read-sessions.js';
import type { UserId } from '../../domain/ids.js';
import type { Optional } from './arguments.js';
import { type SessionFilterInput, type SessionOrderInput, toSessionFilter, toSessionOrder } from './session.inputs.js';
import { type SessionType, toSessionType, viewpointOf } from './session.type.js';
import {
  type PageArguments,
  type SessionConnectionType,
  toPageRequest,
  toSessionConnection,
} from './session-connection.type.js';

/** The arguments of a list of sessions. */
interface ListArguments {
  readonly filter: Optional<SessionFilterInput>;
  readonly orderBy: Optional<SessionOrderInput>;
}

/** The list behind Query.sessions and User.sessions. */
export async function readList(
  scope: OperationScope,
  userId: UserId,
  { filter, orderBy }: ListArguments,
): Promise<readonly SessionType[]> {
  const order = toSessionOrder(orderBy);
  const sessions = await readSessions(scope, userId, toSessionFilter(filter), order);
  // A repeated selection of an operation yields the same objects.
  return scope.memory.once(sessions, 'answer', () => {
    const view = viewpointOf(scope);
    return sessions.map((session) => toSessionType(session, view));
  });
}

/** The page behind Query.sessionsConnection and User.sessionsConnection. */
export async function readConnection(
  scope: OperationScope,
  userId: UserId,
  { filter, orderBy, ...page }: ListArguments & PageArguments,
): Promise<SessionConnectionType> {
  const order = toSessionOrder(orderBy);
  const request = toPageRequest(page);
  const found = await readSessionPage(scope, userId, toSessionFilter(filter), order, request);
  return toSessionConnection(found, order, viewpointOf(scope));
}
