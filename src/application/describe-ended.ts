import type { Application } from '../domain/directory.js';
import { type EndedSession, initiatingEntityOf } from '../domain/ended-session.js';
import type { ApplicationId } from '../domain/ids.js';
import type { Directory } from '../domain/ports.js';
import type { Instant, Session } from '../domain/session.js';
import type { EndingCause, EndSessionsPorts } from './end-sessions.js';

/** Describes an ended session for callers. */
export function describeEnded(
  session: Session,
  cause: EndingCause,
  endedAt: Instant,
  replacement: Session | null,
  applications: ReadonlyMap<ApplicationId, Application>,
): EndedSession {
  const lifetimeSeconds =
    session.applicationId === null ? null : applications.get(session.applicationId)?.accessTokenLifetimeSeconds;
  return {
    id: session.id,
    userId: session.userId,
    applicationId: session.applicationId,
    endedAt,
    reason: cause.reason,
    initiatingEntity: initiatingEntityOf(cause.reason),
    replacedBySessionId: replacement?.id ?? null,
    accessTokensExpireBy: lifetimeSeconds == null ? null : endedAt + lifetimeSeconds * 1_000,
  };
}

/** Applications, or none when they cannot be read: they only tell how long access tokens live on. Never rejects. */
export async function applicationsOrNone(
  directory: Directory,
  { onSideFailure }: Pick<EndSessionsPorts, 'onSideFailure'>,
  requestId: string,
): Promise<ReadonlyMap<ApplicationId, Application>> {
  try {
    return await directory.listApplications();
  } catch (error) {
    onSideFailure(error, requestId);
    return new Map();
  }
}
