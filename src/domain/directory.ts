import type { ApplicationId, UserId } from './ids.js';
import type { Instant } from './session.js';

/** The owner of sessions, as far as callers of this service may know them. */
export interface User {
  readonly id: UserId;
  readonly email: string | null;
  readonly username: string | null;
  readonly displayName: string | null;
  readonly active: boolean;
  readonly lastLoginAt: Instant | null;
}

export interface Application {
  readonly id: ApplicationId;
  readonly name: string | null;
  /** How long an access token issued just before a revocation can still be accepted. Null when it is not known. */
  readonly accessTokenLifetimeSeconds: number | null;
}
