import type { ApplicationId, SessionId, UserId } from './ids.js';
import type { PolicyRuleReference } from './policy/policy.js';
import type { Instant, SessionDevice } from './session.js';
import { unreachable } from './unreachable.js';

/** Why a session was ended. */
export type SessionEndReason =
  | 'USER_LOGOUT'
  | 'USER_REQUEST'
  | 'ADMIN_REQUEST'
  | 'SINGLE_SESSION_POLICY'
  | 'SESSION_LIMIT_EXCEEDED'
  | 'CREDENTIAL_CHANGED'
  | 'ACCOUNT_DISABLED'
  | 'SUSPECTED_COMPROMISE'
  | 'INCIDENT_RESPONSE'
  | 'OTHER';

/**
 * The initiator of the ending, in the words of CAEP.
 * @see https://openid.net/specs/openid-caep-1_0-final.html section 2 (initiating_entity)
 */
export type InitiatingEntity = 'ADMIN' | 'USER' | 'POLICY' | 'SYSTEM';

/** A session that was ended, and until when the access tokens issued for it can still be accepted. */
export interface EndedSession {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly applicationId: ApplicationId | null;
  readonly endedAt: Instant;
  readonly reason: SessionEndReason;
  readonly initiatingEntity: InitiatingEntity;
  /** The session that stays in its place; null when none does. */
  readonly replacedBySessionId: SessionId | null;
  /**
   * The last instant at which a resource server that checks only signatures can accept an access token of this
   * session. Null for an SSO session, for which none is issued, and when the application's settings are not known.
   */
  readonly accessTokensExpireBy: Instant | null;
  /** The device of the session, as it is recorded; absent when it is not known. */
  readonly device?: SessionDevice | undefined;
  /** The rule of the session policy that ended it; absent when none did. */
  readonly policyRule?: PolicyRuleReference;
}

/** The initiating entity that a reason stands for. */
export function initiatingEntityOf(reason: SessionEndReason): InitiatingEntity {
  switch (reason) {
    case 'USER_LOGOUT':
    case 'USER_REQUEST':
      return 'USER';
    case 'ADMIN_REQUEST':
    case 'INCIDENT_RESPONSE':
      return 'ADMIN';
    case 'SINGLE_SESSION_POLICY':
    case 'SESSION_LIMIT_EXCEEDED':
      return 'POLICY';
    case 'CREDENTIAL_CHANGED':
    case 'ACCOUNT_DISABLED':
    case 'SUSPECTED_COMPROMISE':
    case 'OTHER':
      return 'SYSTEM';
    default:
      return unreachable(reason);
  }
}
