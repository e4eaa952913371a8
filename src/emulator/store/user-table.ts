import type { User } from './records.js';

/** Users, reachable by id and, within a tenant, by email address and user name (both without regard to case). */
export class UserTable {
  readonly #byId = new Map<string, User>();
  readonly #byLoginId = new Map<string, string>();

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
    for (const key of loginKeys(user)) {
      this.#byLoginId.set(key, user.id);
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

  findByEmail(tenantId: string, email: string): User | undefined {
    return this.#find(loginKey(tenantId, 'email', email));
  }

  findByUsername(tenantId: string, username: string): User | undefined {
    return this.#find(loginKey(tenantId, 'username', username));
  }

  values(): IterableIterator<User> {
    return this.#byId.values();
  }

  #find(key: string): User | undefined {
    const id = this.#byLoginId.get(key);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  #unindex(user: User): void {
    for (const key of loginKeys(user)) {
      if (this.#byLoginId.get(key) === user.id) {
        this.#byLoginId.delete(key);
      }
    }
  }
}

function loginKeys(user: User): string[] {
  const keys: string[] = [];
  if (user.email !== undefined) {
    keys.push(loginKey(user.tenantId, 'email', user.email));
  }
  if (user.username !== undefined) {
    keys.push(loginKey(user.tenantId, 'username', user.username));
  }
  return keys;
}

function loginKey(tenantId: string, kind: 'email' | 'username', value: string): string {
  return `${tenantId} ${kind} ${value.toLowerCase()}`;
}
