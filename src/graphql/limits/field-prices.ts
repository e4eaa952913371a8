import { maxConcurrentEndings } from '../../application/revocation/end-sessions.js';
/** Whose things the objects under a field are: user ids, or words for users who are not known beforehand. */
export type Owners = readonly string[];

type Arguments = Readonly<Record<string, unknown>>;

/** Adds what a field costs, and tells whose the objects under it are. */
type Price = (calls: CallCount, args: Arguments, owners: Owners) => Owners;

/** The price of a field; null for one that calls nothing. */
export function priceOf(typeName: string, fieldName: string): Price | null {
  return prices[`${typeName}.${fieldName}`] ?? null;
}

/**
 * How many sessions an enforcement is taken to end: as many as it ends at the same time. How many there are is known
 * only after listing; after ENDING_BUDGET_MS no more are begun.
 */
export const assumedRevocations = maxConcurrentEndings;

/** One search for users asks for at most so many. */
const usersPerSearch = 500;

/** Settings are read by one list of applications and one of tenants. */
const callsForSettings = 2;

/** Calls to FusionAuth, those that an operation shares counted once. */
export class CallCount {
  readonly #distinct = new Set<string>();
  /** Asked for by the first fields of a query, or owners of lists asked for by those: one search does for all. */
  readonly #usersTogether = new Set<string>();
  /** Users whose lists the first fields of a query ask for, so that a search for one can be for all. */
  readonly #expectedUsers = new Set<string>();
  /** Asked for when something else has been answered: each can be a search of its own. */
  readonly #usersApart = new Set<string>();
  #others = 0;
  #readsSettings = false;
  #mutations = 0;

  total(): number {
    const apart = [...this.#usersApart].filter((user) => !this.#usersTogether.has(user)).length;
    const searches = Math.ceil(this.#usersTogether.size / usersPerSearch) + apart;
    return this.#distinct.size + searches + this.#others + (this.#readsSettings ? callsForSettings : 0);
  }

  sessionsOf(owners: Owners): void {
    // A mutation makes later reads look again.
    for (const owner of owners) this.#distinct.add(`${this.#mutations} sessions ${owner}`);
    this.settings();
  }

  session(id: string): void {
    this.#distinct.add(`session ${id}`);
    this.settings();
  }

  usersTogether(ids: Owners): void {
    for (const id of ids) this.#usersTogether.add(id);
  }

  expectUsers(owners: Owners): void {
    for (const owner of owners) this.#expectedUsers.add(owner);
  }

  /** Those who are expected need no search of their own. */
  usersApart(owners: Owners): void {
    for (const owner of owners) (this.#expectedUsers.has(owner) ? this.#usersTogether : this.#usersApart).add(owner);
  }

  mutation(calls: number): void {
    this.#mutations++;
    this.#others += calls;
    this.settings();
  }

  settings(): void {
    this.#readsSettings = true;
  }
}

const sessionsOfUser: Price = (calls, { userId }) => {
  const owners = [idOf(userId)];
  calls.sessionsOf(owners);
  calls.expectUsers(owners);
  return owners;
};

const sessionsOfOwners: Price = (calls, _args, owners) => {
  calls.sessionsOf(owners);
  return owners;
};

const theirUsers: Price = (calls, _args, owners) => {
  calls.usersApart(owners);
  return owners;
};

const settings: Price = (calls, _args, owners) => {
  calls.settings();
  return owners;
};

const prices: Readonly<Record<string, Price>> = {
  'Query.sessions': sessionsOfUser,
  'Query.sessionsConnection': sessionsOfUser,
  'Query.session': (calls, { id }) => {
    calls.session(idOf(id));
    return [`owner of ${idOf(id)}`];
  },
  'Query.user': (calls, { id }) => {
    calls.usersTogether([idOf(id)]);
    return [idOf(id)];
  },
  'Query.users': (calls, { ids }) => {
    const owners = [...new Set(idsOf(ids))];
    calls.usersTogether(owners);
    return owners;
  },
  'Query.sessionPolicy': settings,
  'Query.viewer': () => ['the caller'],
  'User.sessions': sessionsOfOwners,
  'User.sessionsConnection': sessionsOfOwners,
  'User.sessionCount': sessionsOfOwners,
  'Session.user': theirUsers,
  'Viewer.user': theirUsers,
  'EnforceSessionLimitPayload.user': theirUsers,
  'Session.application': settings,
  'Mutation.enforceSingleSession': (calls, { userId, keepSessionId, dryRun }) => {
    calls.mutation(1 + callsToKeep(keepSessionId == null ? 0 : 1) + (dryRun === true ? 0 : assumedRevocations));
    return [idOf(userId)];
  },
  'Mutation.enforceSessionLimit': (calls, args) => {
    const { userId, keepSessionIds, dryRun } = membersOf(args['input']);
    calls.mutation(1 + callsToKeep(idsOf(keepSessionIds).length) + (dryRun === true ? 0 : assumedRevocations));
    return [idOf(userId)];
  },
  'Mutation.revokeSession': (calls, { sessionId, dryRun }) => {
    calls.mutation(1 + (dryRun === true ? 0 : 1));
    return [`owner of ${idOf(sessionId)}`];
  },
  'Mutation.revokeSessions': (calls, args) => {
    const { sessionIds, exceptSessionIds, maxRevocations, dryRun } = membersOf(args['input']);
    const most = typeof maxRevocations === 'number' ? Math.max(0, maxRevocations) : 0;
    const named = sessionIds == null ? null : Math.min(new Set(idsOf(sessionIds)).size, most);
    const toFind = named ?? 1 + callsToKeep(idsOf(exceptSessionIds).length);
    calls.mutation(toFind + (dryRun === true ? 0 : (named ?? most)));
    return [];
  },
};

/** Sessions to keep that a list lacks are looked up one by one, and the list is read again. */
function callsToKeep(sessions: number): number {
  return sessions === 0 ? 0 : sessions + 1;
}

function idOf(value: unknown): string {
  return String(value).toLowerCase();
}

function idsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(idOf) : [];
}

function membersOf(value: unknown): Arguments {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
