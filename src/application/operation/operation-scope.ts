import type { Caller } from '../../domain/caller.js';
import type { Application, Registration, SessionLifetimes, SignIn, Tenant, User } from '../../domain/directory.js';
import type { ApplicationId, SessionId, TenantId, UserId } from '../../domain/ids.js';
import type { Clock } from '../../domain/ports/clock.js';
import type { FoundUsers, UserSearch } from '../../domain/ports/people.js';
import type { SessionEventFeed } from '../../domain/ports/session-event-feed.js';
import type { SessionListing } from '../../domain/ports/session-gateway.js';
import type { Session } from '../../domain/session.js';
import type { Access } from '../authorization/access.js';
import type { OperationMemory } from './operation-memory.js';
import type { OperationTime } from './operation-time.js';
import type { Work } from './work.js';

/** Everything that belongs to one operation of one caller. Functions ask for the slice they use. */
export interface OperationScope {
  readonly requestId: string;
  readonly caller: Caller;
  /** The tenant it is about; null when FusionAuth decides, by its API key or because there is only one. */
  readonly tenantId: TenantId | null;
  /** Where the request came from, for the audit record. */
  readonly clientAddress: string;
  readonly access: Access;
  readonly reads: Reads;
  readonly memory: OperationMemory;
  readonly events: SessionEventFeed;
  readonly clock: Clock;
  readonly time: OperationTime;
  /** The work that it causes in the process, counted and bounded. */
  readonly work: Work;
  readonly upstream: {
    /** The calls to FusionAuth that were made for it so far. */
    readonly calls: number;
    /** True when only the caller has named the tenant, so that one that does not exist is the caller's mistake. */
    readonly tenantIsCallersWord: boolean;
  };
}

/**
 * The part of the scope for operations that decide which sessions end, and end them. It can tell the loaders what has
 * changed and cannot read from them, so that no decision rests on remembered data.
 */
export interface EndingScope
  extends Pick<OperationScope, 'access' | 'caller' | 'clientAddress' | 'clock' | 'requestId' | 'tenantId' | 'time'> {
  readonly reads: Pick<Reads, 'forgetSessions'>;
}

/**
 * Look-ups that are batched, de-duplicated and remembered within one operation, and dropped with it. For showing
 * things only: a decision to end a session never rests on them. Each rejects with a ForbiddenError when the caller may
 * not look.
 */
export interface Reads {
  sessionsOf(userId: UserId): Promise<SessionListing>;
  session(id: SessionId): Promise<Session | null>;
  user(id: UserId): Promise<User | null>;
  application(id: ApplicationId): Promise<Application | null>;
  /** Every application that is known. */
  applications(): Promise<readonly Application[]>;
  tenant(id: TenantId): Promise<Tenant | null>;
  /** Every tenant that is known. */
  tenants(): Promise<readonly Tenant[]>;
  /** Always asks FusionAuth. The users that it finds are remembered. */
  searchUsers(search: UserSearch): Promise<FoundUsers>;
  registrations(userId: UserId): Promise<readonly Registration[]>;
  signIns(userId: UserId, count: number): Promise<readonly SignIn[] | null>;
  lifetimes(applicationId: ApplicationId | null): Promise<SessionLifetimes | null>;
  /** Makes later reads of this operation see the changes of a mutation. */
  forgetSessions(userId: UserId, ids: readonly SessionId[]): void;
}
