import type { Application, SessionLifetimes, User } from './directory.js';
import type { EndedSession } from './ended-session.js';
import type { ApplicationId, SessionId, TenantId, UserId } from './ids.js';
import type { Revocation, TokenIdentity } from './revocation.js';
import type { Instant, Session } from './session.js';
import type { RecordedRevocation, SessionEvent, Subject } from './session-event.js';

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

/** Lets the operations of one user take turns that choose which sessions stay: one runs at a time. */
export interface UserLock {
  /** False when it holds only within this process, so that other replicas may overlap all the same. */
  readonly isShared: boolean;
  /**
   * Runs the operation once no other one of this user runs.
   * @throws TooManyRequestsError when too many wait already, or the wait is too long; the operation has not run then.
   */
  run<T>(userId: UserId, operation: () => Promise<T>): Promise<T>;
}

/** What has ended lately, and which access tokens must be refused because of it. */
export interface RevocationMemory {
  /** Remembers a revocation until no access token depends on it any more. */
  remember(revocation: Revocation, tenantId: TenantId | null): Promise<RecordedRevocation>;
  /** What must be refused now and matches, in the order in which it was remembered. */
  list(range: RevocationRange, matches: (subject: Subject) => boolean): Promise<readonly RecordedRevocation[]>;
  /** Revocations before this may be missing: the memory began then, or had to forget some. */
  completeSince(): Promise<Instant>;
  /** Whether one of them is about this access token. Takes the same time however many there are. */
  refuses(token: TokenIdentity): Promise<boolean>;
  /** Remembers how a session ended, in place of what was known before. */
  rememberEnded(ended: EndedSession, tenantId: TenantId | null): Promise<void>;
  /** How a session ended; null when that is not known, or no longer. */
  findEnded(id: SessionId): Promise<RememberedEnding | null>;
}

export interface RevocationRange {
  /** Only those remembered at this instant or later. Null for all. */
  readonly since: Instant | null;
  /** Only those remembered after the one with this id. Null for all. */
  readonly after: string | null;
  readonly first: number;
}

export interface RememberedEnding {
  readonly ended: EndedSession;
  readonly tenantId: TenantId | null;
}

/** Tells those who listen what has happened to sessions, in the order in which it was published. */
export interface SessionEventFeed {
  publish(event: Omit<SessionEvent, 'id'>): Promise<void>;
  /**
   * What is published from now on and matches. Nothing is left out: one who reads too slowly is cut off with a
   * {@link SubscriptionOverflowError} once what waited has been read. Return from it to stop listening.
   * @param after Begin after the event with this id instead.
   * @throws InvalidInputError when the event is not remembered.
   */
  subscribe(matches: (event: SessionEvent) => boolean, after: string | null): AsyncIterableIterator<SessionEvent>;
}

/** Time, so that tests can decide what it is. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };
