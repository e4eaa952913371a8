import { randomBytes } from 'node:crypto';
import type { MovableClock } from './clock.js';

/** What is remembered at once per kind. The oldest is forgotten first, as if it had expired. */
const capacity = 10_000;

/** An entry as a snapshot holds it. */
export interface SavedPendingId<T> {
  readonly id: string;
  readonly value: T;
  readonly expiresAtMs: number;
}

/** Short-lived secrets that stand for something: authorization codes, change-password ids. Each works once. */
export class PendingIds<T> {
  readonly #entries = new Map<string, { value: T; expiresAtMs: number }>();
  readonly #clock: MovableClock;
  readonly #lifetimeMs: number;

  constructor(clock: MovableClock, lifetimeMs: number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
  }

  issue(value: T): string {
    const id = randomBytes(32).toString('base64url');
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= capacity) {
      this.#entries.delete(oldest);
    }
    this.#entries.set(id, { value, expiresAtMs: this.#clock.now() + this.#lifetimeMs });
    return id;
  }

  /** What is remembered, as a snapshot holds it. */
  save(): SavedPendingId<T>[] {
    return [...this.#entries].map(([id, entry]) => ({ id, ...entry }));
  }

  load(saved: readonly SavedPendingId<T>[]): void {
    this.#entries.clear();
    for (const { id, value, expiresAtMs } of saved) {
      this.#entries.set(id, { value, expiresAtMs });
    }
  }

  /** The value, which can still be redeemed. */
  peek(id: string): T | undefined {
    const entry = this.#entries.get(id);
    return entry !== undefined && entry.expiresAtMs > this.#clock.now() ? entry.value : undefined;
  }

  /** The value, once. Undefined when the id is unknown, used or expired. */
  redeem(id: string): T | undefined {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return entry !== undefined && entry.expiresAtMs > this.#clock.now() ? entry.value : undefined;
  }
}
