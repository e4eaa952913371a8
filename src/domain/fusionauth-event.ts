import type { ApplicationId, SessionId, TenantId, UserId } from './ids.js';
import type { Published } from './ports/session-log.js';
import type { Instant, SessionDevice } from './session.js';

/** The events of FusionAuth that this service handles. */
export type FusionAuthEvent = FusionAuthEventFacts &
  (
    | {
        /** One session was revoked. */
        readonly kind: 'sessionRevoked';
        readonly sessionId: SessionId;
        readonly userId: UserId;
        /** Null for an SSO session. */
        readonly applicationId: ApplicationId | null;
        /** Null when FusionAuth does not say. */
        readonly device: SessionDevice | null;
        readonly accessTokenLifetimes: AccessTokenLifetimes;
      }
    | {
        /**
         * Every session of a user was revoked, SSO sessions included; with an application, only those of the
         * application.
         */
        readonly kind: 'userRevoked';
        readonly userId: UserId;
        readonly applicationId: ApplicationId | null;
        readonly accessTokenLifetimes: AccessTokenLifetimes;
      }
    | {
        /** Every session of an application was revoked, of all users. */
        readonly kind: 'applicationRevoked';
        readonly applicationId: ApplicationId;
        readonly accessTokenLifetimes: AccessTokenLifetimes;
      }
    | {
        /** A refresh token was exchanged. */
        readonly kind: 'sessionRefreshed';
        readonly userId: UserId;
        readonly applicationId: ApplicationId;
        /** Null when the access token does not name its session. */
        readonly sessionId: SessionId | null;
      }
    | {
        /** A user has signed in. The session, if there will be one, does not exist yet. */
        readonly kind: 'userSignedIn';
        readonly userId: UserId;
        /** Null when none was named, or the user is not registered for it. */
        readonly applicationId: ApplicationId | null;
        /** Null when FusionAuth does not say. */
        readonly deviceType: string | null;
      }
    | {
        /** A user was registered for an application, which may be the start of a session. It does not exist yet. */
        readonly kind: 'userRegistered';
        readonly userId: UserId;
        readonly applicationId: ApplicationId;
      }
    | { readonly kind: 'userDeactivated' | 'userDeleted' | 'passwordChanged'; readonly userId: UserId }
  );

export interface FusionAuthEventFacts {
  /** The same for every delivery of an event. */
  readonly id: string;
  readonly occurredAt: Instant;
  readonly tenantId: TenantId | null;
}

/** How long access tokens live, in seconds, in each application whose sessions were revoked. Null: it is not known. */
export type AccessTokenLifetimes = ReadonlyMap<ApplicationId, number | null>;

/**
 * Handles an event of FusionAuth. Resolves once all that follows from it has been published, to `known` when that was
 * done before, and to `denied` when FusionAuth asks whether it may go on, and may not.
 */
export type FusionAuthEventHandler = (event: FusionAuthEvent) => Promise<Handled>;

export type Handled = Published | 'denied';
