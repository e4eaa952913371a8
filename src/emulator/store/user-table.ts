import type { User } from './records.js';

type LoginIdKind = 'email' | 'username';

/** Users, reachable by id and, within a tenant, by email address and user name (both without regard to case). */
export class UserTable {
  readonly #byId = new Map<string, User>();
  /** Kind and tenant id, then the login id in lower case, to the user. */
  readonly #byLoginId = new Map<string, Map<string, User>>();

  get size(): number {
    return this.#byId.size;
  }

  /** Inserts or replaces a user. The caller has checked that its login ids are free. */
  put(user: User): void {
    const previous = this.#byId.get(user.id);
    if (previous !== undefined) {
      this.#unindex(previous);
    }
    this.#byId.set(user.id, user);
    for (const [kind, value] of loginIdsOf(user)) {
      this.#index(kind, user.tenantId).set(value.toLowerCase(), user);
    }
  }

  get(id: string): User | undefined {
    return this.#byId.get(id);
  }

  delete(id: string): void {
    const user = this.#byId.get(id);
    if (user !== undefined) {
      this.#unindex(user);
      this.#byId.delete(id);
    }
  }

  clear(): void {
    this.#byId.clear();
    this.#byLoginId.clear();
  }

  findByEmail(tenantId: string, email: string): User | undefined {
    return this.#index('email', tenantId).get(email.toLowerCase());
  }

  findByUsername(tenantId: string, username: string): User | undefined {
    return this.#index('username', tenantId).get(username.toLowerCase());
  }

  values(): IterableIterator<User> {
    return this.#byId.values();
  }

  #index(kind: LoginIdKind, tenantId: string): Map<string, User> {
    const key = `${kind} ${tenantId}`;
    const known = this.#byLoginId.get(key);
    if (known !== undefined) {
      return known;
    }
    const created = new Map<string, User>();
    this.#byLoginId.set(key, created);
    return created;
  }

  #unindex(user: User): void {
    for (const [kind, value] of loginIdsOf(user)) {
      const index = this.#index(kind, user.tenantId);
      if (index.get(value.toLowerCase())?.id === user.id) {
        index.delete(value.toLowerCase());
      }
    }
  }
}

function loginIdsOf({ email, username }: User): [LoginIdKind, string][] {
  return [
    ...(email === undefined ? [] : [['email', email] satisfies [LoginIdKind, string]]),
    ...(username === undefined ? [] : [['username', username] satisfies [LoginIdKind, string]]),
  ];
}
