import { type FusionAuthClient, Sort } from '@fusionauth/typescript-client';
import type { Registration, SignIn } from '../domain/directory.js';
import { parseUserId, type UserId } from '../domain/ids.js';
import { type FoundUsers, maxFoundUsers, type People, type UserSearch } from '../domain/ports/people.js';
import { isRefused, translateErrors } from './call-error.js';
import { decodeRegistrations, decodeSignIns, decodeUser } from './decode.js';
import { usersIn } from './found-users.js';
import { asObject, listOrNone, optionalWhole } from './json.js';
import { observeSearchEngine, queryStringOf, type SearchEngine } from './search-engine.js';

interface FusionAuthPeopleOptions {
  readonly client: FusionAuthClient;
  /** A client that names no tenant, because only keys of no tenant may read login records. */
  readonly acrossTenants: () => FusionAuthClient;
  /** The search engine, as answers reveal it. */
  readonly engine: SearchEngine;
  readonly tenantIsCallersWord: boolean;
}

/** Finds users of FusionAuth by name or address. */
export class FusionAuthPeople implements People {
  constructor(private readonly options: FusionAuthPeopleOptions) {}

  /** Takes one call. An id is looked up directly, because no search engine finds ids by words. */
  async search({ text, skip, size }: UserSearch): Promise<FoundUsers> {
    const id = parseUserId(text);
    const { client, engine } = this.options;
    return this.#translated(async () => {
      const search =
        id === undefined
          ? { queryString: queryStringOf(text, engine), startRow: skip, numberOfResults: size, sortFields }
          : { ids: [id] };
      const { response } = await client.searchUsersByQuery({ search, expand: [] });
      const body = asObject(response ?? {}, 'The list of users');
      const users = usersIn(body).map(decodeUser);
      if (id !== undefined) return { users: skip === 0 ? users : [], total: users.length };
      observeSearchEngine(engine, body);
      return { users: exactFirst(users, text), total: optionalWhole(body['total'], maxFoundUsers) ?? users.length };
    });
  }

  async registrationsOf(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, readonly Registration[]>> {
    if (ids.length === 0) return new Map();
    return this.#translated(async () => {
      const expand = ['registrations'];
      const { response } = await this.options.client.searchUsersByQuery({ search: { ids: [...ids] }, expand });
      const users = usersIn(asObject(response ?? {}, 'The list of users'));
      return new Map(users.map((user) => [decodeUser(user).id, decodeRegistrations(user)]));
    });
  }

  /** @see https://fusionauth.io/docs/apis/login#search-login-records */
  async signInsOf(userId: UserId, count: number): Promise<readonly SignIn[] | null> {
    return this.#translated(async () => {
      try {
        const search = { userId, startRow: 0, numberOfResults: count };
        const { response } = await this.options.acrossTenants().searchLoginRecords({ search });
        const body = asObject(response ?? {}, 'The list of login records');
        return decodeSignIns(listOrNone(body, 'logins', ['total']));
      } catch (error) {
        if (isRefused(error)) return null;
        throw error;
      }
    });
  }

  #translated<T>(work: () => Promise<T>): Promise<T> {
    return translateErrors(work, this.options.tenantIsCallersWord);
  }
}

/**
 * A total order, because pages of any other would repeat users and leave some out. The id orders users without an
 * address.
 */
const sortFields = [
  { name: 'email', order: Sort.asc, missing: '_last' },
  { name: 'id', order: Sort.asc },
];

/**
 * Puts the user with exactly this address first. Wildcards for special characters can find addresses that sort before
 * it.
 */
function exactFirst<User extends { readonly email: string | null }>(users: readonly User[], text: string): User[] {
  const email = text.toLowerCase();
  const isExact = (user: User) => user.email?.toLowerCase() === email;
  return [...users.filter(isExact), ...users.filter((user) => !isExact(user))];
}
