import type { GraphQLField } from 'graphql';
import { maxConcurrentEndings } from '../../application/revocation/ending.js';
import { maxUsersPerSearch } from '../../domain/ports/directory.js';

/** The users to whom the objects below a field belong: user ids, or words for users who are not known beforehand. */
export type Owners = readonly string[];

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Adds the calls of a field, and returns the owners of the objects below it. A price stands beside its field, as
 * `@Extensions({ price })`. Every field with a resolver of its own has one.
 */
export type Price = (calls: CallCount, args: Arguments, owners: Owners) => Owners;

/** The price stated beside a field; null for a field that states none, which only reads what its object holds. */
export function priceOf({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): Price | null {
  const price = extensions['price'];
  return isPrice(price) ? price : null;
}

function isPrice(value: unknown): value is Price {
  return typeof value === 'function';
}

/**
 * The number of sessions that an enforcement is assumed to end: as many as it ends at the same time. The true number is
 * known only after listing; after ENDING_BUDGET_MS no further revocation begins.
 */
export const assumedRevocations = maxConcurrentEndings;

/** Settings are read by one list of applications and one of tenants. */
const callsForSettings = 2;

/** Calls to FusionAuth, those that an operation shares counted once. */
export class CallCount {
  readonly #distinct = new Set<string>();
  /** Users that the root fields of a query name, or owners of their lists: one search finds all. */
  readonly #usersTogether = new Set<string>();
  /** Users whose lists the root fields of a query read, so that a search for one includes all. */
  readonly #expectedUsers = new Set<string>();
  /** Users that fields read after another answer: each can need a search of its own. */
  readonly #usersApart = new Set<string>();
  /** Users that become known when their sessions are found, by the ids asked for together; and their searches. */
  readonly #usersOnceKnown = new Map<string, number>();
  readonly #searchedFor = new Set<string>();
  #others = 0;
  #readsSettings = false;
  #mutations = 0;

  total(): number {
    const apart = [...this.#usersApart].filter((user) => !this.#usersTogether.has(user)).length;
    const searches = Math.ceil(this.#usersTogether.size / maxUsersPerSearch) + apart;
    const later = [...this.#usersOnceKnown.values()].reduce((sum, one) => sum + one, 0);
    return this.#distinct.size + searches + later + this.#others + (this.#readsSettings ? callsForSettings : 0);
  }

  sessionsOf(owners: Owners): void {
    // Reads after a mutation look again.
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

  /** One search for the ids of no session, and one for the owners of the sessions that are found. */
  usersOnceKnown(owners: Owners): void {
    this.#usersOnceKnown.set(owners.join(), Math.min(owners.length, Math.ceil(owners.length / maxUsersPerSearch) + 1));
    for (const owner of owners) this.#searchedFor.add(owner);
  }

  /** One search for all owners, however often it is asked for. */
  searchTogether(what: string, owners: Owners): void {
    for (let start = 0; start < owners.length; start += maxUsersPerSearch) {
      this.#distinct.add(`${what} ${start} ${owners.join()}`);
    }
  }

  /** One call each time. */
  once(): void {
    this.#others++;
  }

  /** Expected users need no search of their own. */
  usersApart(owners: Owners): void {
    const others = owners.filter((owner) => !this.#searchedFor.has(owner));
    for (const owner of others) (this.#expectedUsers.has(owner) ? this.#usersTogether : this.#usersApart).add(owner);
  }

  mutation(calls: number): void {
    this.#mutations++;
    this.#others += calls;
    this.settings();
  }

  /** The calls of the set-up checks, which all callers share. */
  setUp(calls: number): void {
    for (let call = 0; call < calls; call++) this.#distinct.add(`set-up ${call}`);
  }

  /** The calls of confirmations, which run at a rate of their own for all callers. */
  confirmations(calls: number): void {
    this.#others += calls;
  }

  settings(): void {
    this.#readsSettings = true;
  }
}

/** A field that calls nothing. */
export const free: Price = (_calls, _args, owners) => owners;

/** The list of the sessions of the user whom the argument `userId` names. */
export const listOfUserNamed: Price = (calls, { userId }) => {
  const owners = [idOf(userId)];
  calls.sessionsOf(owners);
  calls.expectUsers(owners);
  return owners;
};

/** One list of sessions for each owner. */
export const listsOfOwners: Price = (calls, _args, owners) => {
  calls.sessionsOf(owners);
  return owners;
};

/** The owners themselves, looked up once another answer has named them. */
export const usersOfOwners: Price = (calls, _args, owners) => {
  calls.usersApart(owners);
  return owners;
};

/** The settings of applications and tenants. */
export const settingsRead: Price = (calls, _args, owners) => {
  calls.settings();
  return owners;
};

/** The calls for sessions to keep that a list lacks: the service reads each by its id, and the list again. */
export function callsToKeep(sessions: number): number {
  return sessions === 0 ? 0 : sessions + 1;
}

export function idOf(value: unknown): string {
  return String(value).toLowerCase();
}

export function idsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(idOf) : [];
}

export function membersOf(value: unknown): Arguments {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
