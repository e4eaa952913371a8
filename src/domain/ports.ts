import type { Application, SessionLifetimes, User } from './directory.js';
import type { ApplicationId, SessionId, UserId } from './ids.js';
import type { Instant, Session } from './session.js';

/** Where sessions live. Every method reads or changes the source itself: none answers from a cache. */
export interface SessionGateway {
  /**
   * The sessions of a user, newest first; none when the user is unknown.
   * @throws an UpstreamError; a record that cannot be decoded fails the whole list.
   */
  listSessions(userId: UserId): Promise<SessionListing>;

  /** One session, or null when it does not exist or has ended. */
  findSession(id: SessionId): Promise<Session | null>;

  /**
   * Ends one session. Safe to call again.
   * @returns `alreadyEnded` when it was gone before this call; `revoked` also when an attempt of this call went
   * unanswered and the next one found the session gone.
   */
  revokeSession(id: SessionId): Promise<'revoked' | 'alreadyEnded'>;
}

export interface SessionListing {
  readonly sessions: readonly Session[];
  /** True when the source cut the list: sessions older than the ones listed may exist. */
  readonly truncated: boolean;
}

/** Users and applications, for showing them beside sessions. */
export interface Directory {
  /** The users that exist among the ids. */
  findUsers(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>>;
  /** Every active application. May be a few seconds old. */
  listApplications(): Promise<ReadonlyMap<ApplicationId, Application>>;
  /** The lifetimes of an application, or of the tenant; null when there is no such one. May be a few seconds old. */
  findLifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null>;
}

/** Lets the operations of one user that must not overlap take turns: shared ones overlap only each other. */
export interface UserLock {
  /** False when it holds only within this process, so that other replicas may overlap all the same. */
  readonly isShared: boolean;
  /**
   * Runs the operation once no other one of this user runs that it must not overlap.
   * @throws TooManyRequestsError when too many wait already, or the wait is too long; the operation has not run then.
   */
  run<T>(userId: UserId, turn: 'shared' | 'exclusive', operation: () => Promise<T>): Promise<T>;
}

/** Time, so that tests can decide what it is. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };
