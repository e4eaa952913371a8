import type { ApplicationId, SessionId, TenantId, UserId } from './ids.js';

/** Milliseconds since the Unix epoch, UTC: FusionAuth's own resolution. */
export type Instant = number;

/** The greatest instant, and negated the least: the range of a JavaScript Date. @see ECMA-262 section 21.4.1.1 */
export const maxInstant: Instant = 8.64e15;

/**
 * One FusionAuth refresh token, without its secret value. FusionAuth calls it a centralized session; one without an
 * application is an SSO session, created by the hosted login pages.
 * @see https://fusionauth.io/docs/lifecycle/authenticate-users/logout-session-management
 */
export type Session = ApplicationSession | SsoSession;

export interface ApplicationSession extends SessionFacts {
  readonly kind: 'application';
  readonly applicationId: ApplicationId;
}

export interface SsoSession extends SessionFacts {
  readonly kind: 'sso';
  readonly applicationId: null;
}

interface SessionFacts {
  readonly id: SessionId;
  readonly userId: UserId;
  /** FusionAuth names it for SSO sessions; null for others, whose application names it. */
  readonly tenantId: TenantId | null;
  /** `insertInstant`: never moves, so it orders sessions. `startInstant` slides and never leaves the gateway. */
  readonly createdAt: Instant;
  /** When the refresh token was last used; null when FusionAuth does not say. */
  readonly lastAccessedAt: Instant | null;
  /** Null when the lifetime settings could not be read. */
  readonly expiresAt: Instant | null;
  readonly device: SessionDevice;
  /** The address the refresh token was last used from. */
  readonly ipAddress: string | null;
  readonly scopes: readonly string[];
}

export interface SessionDevice {
  readonly name: string | null;
  readonly description: string | null;
  readonly type: string | null;
}

/**
 * True until the session's last millisecond has passed. A session of unknown lifetime counts as live: FusionAuth
 * lists no expired ones, so a listed session is live unless we can compute otherwise.
 */
export function isLive(session: Session, at: Instant): boolean {
  return session.expiresAt === null || session.expiresAt >= at;
}

interface CreationKey {
  readonly id: string;
  readonly createdAt: Instant;
}

/** Orders by (createdAt, id), oldest first. Both are fixed when the session is created, so every reader agrees. */
export function byCreation(a: CreationKey, b: CreationKey): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The reverse of {@link byCreation}: newest first. */
export function newestFirst(a: CreationKey, b: CreationKey): number {
  return byCreation(b, a);
}

/** Orders by when sessions were last used, least recently first. One that was never used counts from its creation. */
export function byUse(a: Session, b: Session): number {
  return (a.lastAccessedAt ?? a.createdAt) - (b.lastAccessedAt ?? b.createdAt) || byCreation(a, b);
}
