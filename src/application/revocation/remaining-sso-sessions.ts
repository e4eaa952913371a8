import pLimit from 'p-limit';
import type { UserId } from '../../domain/ids.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { Session } from '../../domain/session.js';
import { maxConcurrentLookups } from './live-sessions.js';

/** The most users whose SSO sessions one operation looks for. */
export const maxUsersWithSsoSessions = 50;

/** The SSO sessions of some users that the caller may see. @throws an UpstreamError when one of the lists fails. */
export async function ssoSessionsOf(gateway: SessionGateway, userIds: Iterable<UserId>): Promise<readonly Session[]> {
  const inTurn = pLimit(maxConcurrentLookups);
  const distinct = [...new Set(userIds)].slice(0, maxUsersWithSsoSessions);
  const listings = await Promise.all(distinct.map((userId) => inTurn(() => gateway.listSessions(userId))));
  return listings.flatMap(({ sessions }) => sessions.filter(({ kind }) => kind === 'sso'));
}
