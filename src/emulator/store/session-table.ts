import type { RefreshToken } from './records.js';

/** A session with what FusionAuth remembers about it but does not return. */
export interface SessionRow {
  readonly session: RefreshToken;
  /** When the user gave credentials, in epoch milliseconds: the `auth_time` of every token of this session. */
  readonly authInstant: number;
  /** Earlier values of a one-time-use token, newest last. At most {@link rememberedTokens}. */
  retiredTokens?: { token: string; retiredInstant: number }[];
}

/**
 * How many earlier values of a one-time-use token are recognised as reuse. FusionAuth's limit is not documented; the
 * emulator needs one so that a session that refreshes for days stays small.
 */
const rememberedTokens = 10;

/** Sessions, reachable in constant time by id, by token value, by user and by application. */
export class SessionTable {
  readonly #byId = new Map<string, SessionRow>();
  readonly #byToken = new Map<string, SessionRow>();
  readonly #byUser = new Map<string, Set<SessionRow>>();
  readonly #byApplication = new Map<string, Set<SessionRow>>();

  get size(): number {
    return this.#byId.size;
  }

  /** Every row, in the order of insertion. */
  rows(): SessionRow[] {
    return [...this.#byId.values()];
  }

  clear(): void {
    for (const index of [this.#byId, this.#byToken, this.#byUser, this.#byApplication]) {
      index.clear();
    }
  }

  insert(row: SessionRow): void {
    const { id, token, userId, applicationId } = row.session;
    this.#byId.set(id, row);
    this.#byToken.set(token, row);
    for (const retired of row.retiredTokens ?? []) {
      this.#byToken.set(retired.token, row);
    }
    addTo(this.#byUser, userId, row);
    if (applicationId !== undefined) {
      addTo(this.#byApplication, applicationId, row);
    }
  }

  get(id: string): SessionRow | undefined {
    return this.#byId.get(id);
  }

  /** Finds a session by its current token or by one of its remembered earlier ones. */
  findByToken(token: string): SessionRow | undefined {
    return this.#byToken.get(token);
  }

  /** All rows of a user, newest first: greatest `insertInstant`, and of equal ones the one inserted last. */
  ofUser(userId: string): SessionRow[] {
    return [...(this.#byUser.get(userId) ?? [])]
      .reverse()
      .sort((a, b) => b.session.insertInstant - a.session.insertInstant);
  }

  ofApplication(applicationId: string): SessionRow[] {
    return [...(this.#byApplication.get(applicationId) ?? [])];
  }

  /** Gives the session a new token value and remembers the old one as retired. */
  rotate(row: SessionRow, newToken: string, now: number): void {
    row.retiredTokens ??= [];
    row.retiredTokens.push({ token: row.session.token, retiredInstant: now });
    const forgotten = row.retiredTokens.length > rememberedTokens ? row.retiredTokens.shift() : undefined;
    if (forgotten !== undefined) {
      this.#byToken.delete(forgotten.token);
    }
    row.session.token = newToken;
    this.#byToken.set(newToken, row);
  }

  /** Removes a session. False when it was already gone. */
  delete(id: string): boolean {
    const row = this.#byId.get(id);
    if (row === undefined) {
      return false;
    }
    const { token, userId, applicationId } = row.session;
    this.#byId.delete(id);
    this.#byToken.delete(token);
    for (const retired of row.retiredTokens ?? []) {
      this.#byToken.delete(retired.token);
    }
    removeFrom(this.#byUser, userId, row);
    if (applicationId !== undefined) {
      removeFrom(this.#byApplication, applicationId, row);
    }
    return true;
  }
}

function addTo(index: Map<string, Set<SessionRow>>, key: string, row: SessionRow): void {
  const rows = index.get(key);
  if (rows === undefined) {
    index.set(key, new Set([row]));
  } else {
    rows.add(row);
  }
}

function removeFrom(index: Map<string, Set<SessionRow>>, key: string, row: SessionRow): void {
  const rows = index.get(key);
  rows?.delete(row);
  if (rows?.size === 0) {
    index.delete(key);
  }
}
