import type { OperationScope } from '../../application/operation/operation-scope.js';
import { readSessionPage, readSessions } from '../../application/operation/read-sessions.js';
import type { UserId } from '../../domain/ids.js';
import type { Session } from '../../domain/session.js';
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

/** One selection has the same objects wherever an operation asks for it again. */
const answers = new WeakMap<readonly Session[], readonly SessionType[]>();

/** The list behind Query.sessions and User.sessions. */
export async function readList(
  scope: OperationScope,
  userId: UserId,
  { filter, orderBy }: ListArguments,
): Promise<readonly SessionType[]> {
  const order = toSessionOrder(orderBy);
  const sessions = await readSessions(scope, userId, toSessionFilter(filter), order);
  const known = answers.get(sessions);
  if (known !== undefined) return known;
  const view = viewpointOf(scope);
  const answer = sessions.map((session) => toSessionType(session, view));
  answers.set(sessions, answer);
  return answer;
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
