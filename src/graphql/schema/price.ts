import type { GraphQLField } from 'graphql';
import { maxConcurrentEndings } from '../../application/revocation/end-sessions.js';

/** Whose things the objects under a field are: user ids, or words for users who are not known beforehand. */
export type Owners = readonly string[];

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Adds what a field costs, and tells whose the objects under it are. It stands beside the field, as
 * `@Extensions({ price })`: every field that has a resolver of its own states one.
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
  /** Users who are not known before sessions have been looked for, by those asked for together; and their searches. */
  readonly #usersOnceKnown = new Map<string, number>();
  readonly #searchedFor = new Set<string>();
  #others = 0;
  #readsSettings = false;
  #mutations = 0;

  total(): number {
    const apart = [...this.#usersApart].filter((user) => !this.#usersTogether.has(user)).length;
    const searches = Math.ceil(this.#usersTogether.size / usersPerSearch) + apart;
    const later = [...this.#usersOnceKnown.values()].reduce((sum, one) => sum + one, 0);
    return this.#distinct.size + searches + later + this.#others + (this.#readsSettings ? callsForSettings : 0);
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

  /** One search for those of whom no session is found, and one for the owners of the sessions that are found. */
  usersOnceKnown(owners: Owners): void {
    this.#usersOnceKnown.set(owners.join(), Math.min(owners.length, Math.ceil(owners.length / usersPerSearch) + 1));
    for (const owner of owners) this.#searchedFor.add(owner);
  }

  /** Those who are expected need no search of their own. */
  usersApart(owners: Owners): void {
    const others = owners.filter((owner) => !this.#searchedFor.has(owner));
    for (const owner of others) (this.#expectedUsers.has(owner) ? this.#usersTogether : this.#usersApart).add(owner);
  }

  mutation(calls: number): void {
    this.#mutations++;
    this.#others += calls;
    this.settings();
  }

  /** Made at a rate of their own, for all who ask. */
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

/** The owners themselves, looked up once another answer has told who they are. */
export const usersOfOwners: Price = (calls, _args, owners) => {
  calls.usersApart(owners);
  return owners;
};

/** The settings of applications and tenants. */
export const settingsRead: Price = (calls, _args, owners) => {
  calls.settings();
  return owners;
};

/** Sessions to keep that a list lacks are looked up one by one, and the list is read again. */
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
