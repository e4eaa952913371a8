import type { ApplicationId, SessionId, TenantId, UserId } from './ids.js';
import type { TokenIdentity } from './revocation.js';
import type { Instant } from './session.js';

/** The actions that a caller may be permitted, on the sessions of anyone within its bounds. */
export const permissions = [
  'session:read',
  'session:enforce',
  'session:revoke',
  'session:bulk',
  'policy:read',
  'event:subscribe',
  'audit:read',
  'setup:read',
  'token:introspect',
  'token:revoke',
] as const;

export type Permission = (typeof permissions)[number];

/** Who invokes an operation. */
export type Caller = ServiceCaller | UserCaller;

/** A service, known by a service key or by an access token of its own. */
export interface ServiceCaller extends CallerRights {
  readonly kind: 'service';
  /** Identifies the service key that the caller presented; absent for an access token. */
  readonly credential?: symbol;
}

/** A person, known by an access token. Without any permission a user may still see and end sessions of their own. */
export interface UserCaller extends CallerRights {
  readonly kind: 'user';
  readonly userId: UserId;
  /** The session that the access token belongs to: its `sid`. Null when the token has none. */
  readonly sessionId: SessionId | null;
  /** The parts of the access token that revocations can cover. */
  readonly token: TokenIdentity;
  /** When the user last signed in: `auth_time`. Null when the token does not say. */
  readonly authenticatedAt: Instant | null;
}

export interface CallerRights {
  /** For logs and audit records: the name of the service key, or the subject of the access token. */
  readonly name: string;
  /** The instant from which its credentials are refused; null when they do not expire. */
  readonly expiresAt: Instant | null;
  readonly permissions: ReadonlySet<Permission>;
  /** The tenants it may act in; null for any. */
  readonly tenantIds: ReadonlySet<TenantId> | null;
  /** The applications whose sessions it may see and end; null for any, and for SSO sessions. */
  readonly applicationIds: ReadonlySet<ApplicationId> | null;
}

/** The permissions that every user has for sessions of their own. */
const ownPermissions: ReadonlySet<Permission> = new Set([
  'session:read',
  'session:revoke',
  'session:bulk',
  'event:subscribe',
]);

/** Whose sessions a caller may act on under a permission: anyone's, only its own, or nobody's. */
export function reachOf(caller: Caller, permission: Permission): 'anyone' | 'self' | 'nobody' {
  if (caller.permissions.has(permission)) return 'anyone';
  return caller.kind === 'user' && ownPermissions.has(permission) ? 'self' : 'nobody';
}

/** The only user whose sessions a caller may act on under a permission: itself. Null where its reach is not one user. */
export function ownIdOf(caller: Caller, permission: Permission): UserId | null {
  return caller.kind === 'user' && reachOf(caller, permission) === 'self' ? caller.userId : null;
}
