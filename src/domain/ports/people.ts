import type { Registration, SignIn, User } from '../directory.js';
import type { UserId } from '../ids.js';

/**
 * Finds users, and reads the facts that support people need. For showing only, and read afresh. Each method rejects
 * with an UpstreamError when FusionAuth does not answer, which becomes the error of the GraphQL field.
 */
export interface People {
  search(search: UserSearch): Promise<FoundUsers>;
  /** The registrations of the users that exist among the ids. */
  registrationsOf(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, readonly Registration[]>>;
  /**
   * The latest sign-ins of a user of any tenant, the newest first.
   * @returns null when FusionAuth does not let this service read them.
   */
  signInsOf(userId: UserId, count: number): Promise<readonly SignIn[] | null>;
}

export interface UserSearch {
  /** A part of an e-mail address, user name or full name, or a whole user id. Nothing in it is query syntax. */
  readonly text: string;
  /** How many users come before the page in the order of the search. */
  readonly skip: number;
  readonly size: number;
}

export interface FoundUsers {
  /** The user with exactly this e-mail address first, the others in the order of their addresses. */
  readonly users: readonly User[];
  /** FusionAuth counts up to {@link maxFoundUsers}. */
  readonly total: number;
}

/** FusionAuth's search reaches no further, and counts no further. */
export const maxFoundUsers = 10_000;
