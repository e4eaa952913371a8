import { placeIn } from '../../domain/enforcement-plan.js';
import type { SessionId, UserId } from '../../domain/ids.js';
import type { RevocationMemory } from '../../domain/ports/revocation-memory.js';
import type { SessionClaims, SessionView } from '../../domain/ports/session-claims.js';
import type { Session } from '../../domain/session.js';
import { visibilityOf } from '../authorization/visibility.js';
import type { EndingScope } from '../operation/operation-scope.js';
import { keepSessionNotLive, type UserError } from '../operation/results.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';
import type { LiveSessions } from '../revocation/live-sessions.js';
import {
  type EnforcementCall,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  requestedStay,
  revokesSomething,
  staysByChoice,
} from './enforcement.js';
import { refused, superseded } from './enforcement-report.js';

export interface KeepPorts {
  readonly claims: SessionClaims;
  /** The endings on record, which tell a superseded session from one that never existed. */
  readonly endedSessions: Pick<RevocationMemory, 'findEnded'>;
  readonly telemetry: Pick<UseCaseTelemetry, 'sideLookupFailed'>;
}

/**
 * The answer of a call that may revoke nothing because of its sessions to keep; null when it may.
 *
 * Under the rule by which the newest stay, a session to keep that has ended in favour of another one is SUPERSEDED,
 * whether this call ends it or a simultaneous one was faster: a caller whose login was overtaken gets one answer.
 */
export async function refusalOf(
  ports: KeepPorts,
  { scope, command }: EnforcementCall,
  view: LiveSessions,
  claims: SessionView,
): Promise<EnforceSessionLimitResult | null> {
  const { userId, keepSessionIds, keepArgument, onNewerSession } = command;
  const inDoubt = revokesSomething(command) ? keepSessionIds.filter((id) => claims.isInDoubt(id)) : [];
  const gone = [...view.notLive, ...inDoubt];
  if (gone.length > 0) {
    const mayBeSuperseded = !staysByChoice(command) && !requestedStay(onNewerSession);
    const replaced = mayBeSuperseded ? await Promise.all(gone.map((id) => wasReplaced(ports, scope, userId, id))) : [];
    if (replaced.length === 0 || replaced.includes(false))
      return refused(userId, keepSessionNotLive(keepArgument ?? ['sessionId']));
    if (view.notLive.length > 0) return superseded(command, view.notLive, view.sessions);
  }
  const contradiction = contradictionIn(command, view.sessions);
  return contradiction === null ? null : refused(userId, contradiction);
}

type Seeing = Pick<EndingScope, 'caller' | 'requestId' | 'tenantId'>;

/**
 * Whether a session of this user, which the caller may see, has ended so that another one stays, as far as is known.
 */
async function wasReplaced(ports: KeepPorts, scope: Seeing, userId: UserId, id: SessionId): Promise<boolean> {
  const recorded = await recordedReplacement(ports, scope, userId, id);
  if (recorded !== null) return recorded;
  // The application of a session that is about to end is not known here, so a caller bound to applications must not see
  // it.
  if (scope.caller.applicationIds === null && (await ports.claims.isBeingReplaced(userId, id))) return true;
  // The ending may have been recorded between the two looks.
  return (await recordedReplacement(ports, scope, userId, id)) ?? false;
}

/** Whether the caller may see that the session was replaced; null when it is not on record that it was. */
async function recordedReplacement(
  { endedSessions, telemetry }: KeepPorts,
  scope: Seeing,
  userId: UserId,
  id: SessionId,
): Promise<boolean | null> {
  try {
    const known = await endedSessions.findEnded(id);
    if (known === null || known.ended.userId !== userId || known.ended.replacedBySessionId === null) return null;
    const { applicationId } = known.ended;
    const tenantId = known.tenantId ?? scope.tenantId;
    return visibilityOf(scope, 'session:enforce')({ sessionId: id, userId, applicationId, tenantId });
  } catch (error) {
    telemetry.sideLookupFailed(error, scope.requestId);
    return null;
  }
}

/** Why the sessions to keep and the limit contradict each other, or null when they do not. */
function contradictionIn(
  { keepSessionIds, keepArgument, limit, onNewerSession }: EnforceSessionLimitCommand,
  sessions: readonly Session[],
): UserError | null {
  if (keepArgument === null) return null;
  const seenInGroup = new Map<string, number>();
  for (const session of sessions.filter(({ id }) => keepSessionIds.includes(id))) {
    const place = placeIn(session, limit);
    const seen = (seenInGroup.get(place?.group ?? '') ?? 0) + 1;
    seenInGroup.set(place?.group ?? '', seen);
    // Keeping a session that the limit does not count would end all sessions that it does count.
    if (session.kind === 'sso') return contradiction(keepArgument, 'an SSO session, which no limit counts');
    if (place === null) return contradiction(keepArgument, 'a session that this limit does not count');
    if (seen > place.budget && requestedStay(onNewerSession)) {
      return contradiction(keepArgument, 'more sessions than may stay');
    }
  }
  return null;
}

function contradiction(argument: readonly string[], problem: string): UserError {
  return {
    code: 'INVALID_ARGUMENT',
    message: `${argument.join('.')} names ${problem}. Nothing was revoked.`,
    field: argument,
  };
}
