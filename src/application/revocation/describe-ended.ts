import type { Application } from '../../domain/directory.js';
import { type EndedSession, initiatingEntityOf, type SessionEndReason } from '../../domain/ended-session.js';
import type { ApplicationId } from '../../domain/ids.js';
import type { Directory } from '../../domain/ports/directory.js';
import { recordedDevice } from '../../domain/recorded-device.js';
import type { Instant, Session } from '../../domain/session.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';

/** Describes an ended session for callers. */
export function describeEnded(
  session: Session,
  reason: SessionEndReason,
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
    reason,
    initiatingEntity: initiatingEntityOf(reason),
    replacedBySessionId: replacement?.id ?? null,
    accessTokensExpireBy: lifetimeSeconds == null ? null : endedAt + lifetimeSeconds * 1_000,
    device: recordedDevice(session.device),
  };
}

/** Applications, or none when they cannot be read: they only say how long access tokens live on. Never rejects. */
export async function applicationsOrNone(
  directory: Directory,
  { telemetry }: { readonly telemetry: Pick<UseCaseTelemetry, 'sideLookupFailed'> },
  requestId: string,
): Promise<ReadonlyMap<ApplicationId, Application>> {
  try {
    return await directory.listApplications();
  } catch (error) {
    telemetry.sideLookupFailed(error, requestId);
    return new Map();
  }
}
