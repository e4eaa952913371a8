import type { Application } from '../../../src/domain/directory.js';
import { UpstreamTimeoutError } from '../../../src/domain/errors.js';
import {
  type ApplicationId,
  parseApplicationId,
  parseSessionId,
  parseUserId,
  type SessionId,
} from '../../../src/domain/ids.js';
import type { Directory } from '../../../src/domain/ports/directory.js';
import type { People } from '../../../src/domain/ports/people.js';
import type { SessionGateway } from '../../../src/domain/ports/session-gateway.js';
import { byCreation, newestFirst, type Session } from '../../../src/domain/session.js';

/** Passes every upstream call to whoever decides when it happens. */
export type Schedule = <Result>(call: string, perform: () => Result) => Promise<Result>;

/** The sessions of a world as they are at one moment. */
export interface WorldState {
  readonly live: ReadonlyMap<SessionId, Session>;
  readonly clock: number;
  readonly created: number;
}

/** The sessions of one user, held by something that does what FusionAuth does, one call at a time. */
export class ModelWorld {
  #live = new Map<SessionId, Session>();
  /** What operations answered, by name. */
  readonly answers = new Map<string, string>();
  /** Describes what else later calls can depend on, such as who waits for whom. */
  readonly further: (() => string)[] = [];
  /** The part that each program has in what several share, by the index of the program. */
  readonly parts = new Map<number, string>();
  #clock = 0;
  #created = 0;

  /** Creates the next session: the newest so far. */
  create(): Session {
    this.#created += 1;
    const session = modelSession(this.#created, this.#tick());
    this.#live.set(session.id, session);
    return session;
  }

  list(): readonly Session[] {
    return [...this.#live.values()].sort(newestFirst);
  }

  find(id: SessionId): Session | null {
    return this.#live.get(id) ?? null;
  }

  revoke(id: SessionId): 'revoked' | 'alreadyEnded' {
    return this.#live.delete(id) ? 'revoked' : 'alreadyEnded';
  }

  /** Uses the session that was created first and still lives. */
  useOldest(): void {
    const [oldest] = [...this.#live.values()].sort(byCreation);
    if (oldest !== undefined) this.#live.set(oldest.id, { ...oldest, lastAccessedAt: this.#tick() });
  }

  /** The ordinals of the live sessions, oldest first: 1 is the session created first. */
  ordinals(): readonly number[] {
    return [...this.#live.values()].sort(byCreation).map(({ id }) => Number.parseInt(id.slice(-6), 16));
  }

  get created(): number {
    return this.#created;
  }

  state(): WorldState {
    return { live: new Map(this.#live), clock: this.#clock, created: this.#created };
  }

  restore({ live, clock, created }: WorldState): void {
    this.#live = new Map(live);
    this.#clock = clock;
    this.#created = created;
  }

  /** Everything that later calls can depend on. */
  fingerprint(): string {
    const sessions = this.list().map(({ id, lastAccessedAt }) => `${id.slice(-6)}:${lastAccessedAt}`);
    const answers = [...this.answers].map((answer) => answer.join('=')).sort();
    return [sessions, answers, this.further.map((describe) => describe())].join('/');
  }

  #tick(): number {
    this.#clock += 1;
    return this.#clock;
  }
}

/** The port of the use case, with each call put on the schedule. */
export function scheduledGateway(world: ModelWorld, schedule: Schedule): SessionGateway {
  return {
    listSessions: () => schedule('list', () => ({ sessions: world.list(), truncated: false })),
    findSession: (id) => schedule(`find ${id}`, () => world.find(id)),
    revokeSession: (id) => schedule(`revoke ${id}`, () => world.revoke(id)),
  };
}

/** The same, but what a call finds or does and its answer are two moments, between which anything can happen. */
export function slowlyAnswered(gateway: SessionGateway, schedule: Schedule): SessionGateway {
  const later = async <Answer>(call: string, answer: Promise<Answer>) => {
    const answered = await answer;
    await schedule(`answer ${call}`, () => null);
    return answered;
  };
  return {
    listSessions: (userId) => later('the list', gateway.listSessions(userId)),
    findSession: (id) => later(`the look for ${id}`, gateway.findSession(id)),
    revokeSession: (id) => later(`the revocation of ${id}`, gateway.revokeSession(id)),
  };
}

/** The same, but no revocation is answered: each is put into `late`, to be carried out at any later moment. */
export function losingRevocations(
  world: ModelWorld,
  schedule: Schedule,
  gateway: SessionGateway,
  late: Promise<unknown>[],
): SessionGateway {
  return {
    listSessions: (userId) => gateway.listSessions(userId),
    findSession: (id) => gateway.findSession(id),
    async revokeSession(id) {
      await schedule(`lose the revocation of ${id}`, () => null);
      late.push(schedule(`carry out the revocation of ${id}`, () => world.revoke(id)));
      throw new UpstreamTimeoutError(true);
    },
  };
}

/** Knows no applications: they decide nothing. */
export const emptyDirectory: Directory = {
  findSubject: async () => null,
  findUsers: async () => new Map(),
  listApplications: async () => new Map<ApplicationId, Application>(),
  findApplications: async () => new Map<ApplicationId, Application>(),
  findTenants: async () => [],
  findLifetimes: async () => null,
};

/** Knows nobody: who a user is decides nothing. */
export const noPeople: People = {
  search: async () => ({ users: [], total: 0 }),
  registrationsOf: async () => new Map(),
  signInsOf: async () => [],
};

/** The id of the session that was created as the so-manieth. */
export function modelSessionId(ordinal: number): SessionId {
  return required(parseSessionId(`00000000-0000-0000-0000-${ordinal.toString(16).padStart(12, '0')}`));
}

export const modelUserId = required(parseUserId('00000000-0000-0000-0000-0000000000aa'));
const applicationId = required(parseApplicationId('00000000-0000-0000-0000-0000000000bb'));

function modelSession(ordinal: number, createdAt: number): Session {
  return {
    kind: 'application',
    id: modelSessionId(ordinal),
    userId: modelUserId,
    applicationId,
    tenantId: null,
    createdAt,
    lastAccessedAt: null,
    expiresAt: null,
    device: { name: null, description: null, type: null },
    ipAddress: null,
    scopes: [],
  };
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('A required value is missing');
  return value;
}
