import type { Caller } from '../domain/caller.js';

export interface SubscriptionCountOptions {
  /** How many subscriptions may be open at the same time, in this process. */
  readonly maxSubscriptions: number;
  /** How many of them may be those of one service, and of one user. */
  readonly maxServiceSubscriptions: number;
  readonly maxUserSubscriptions: number;
}

/** Counts the subscriptions that are open, all together and for each caller. */
export class SubscriptionCount {
  readonly #open = new Map<string, number>();
  #total = 0;

  constructor(private readonly options: SubscriptionCountOptions) {}

  /** @returns a function to call when the subscription has ended, or null when there are too many already. */
  enter({ kind, name }: Caller): (() => void) | null {
    const { maxSubscriptions, maxServiceSubscriptions, maxUserSubscriptions } = this.options;
    const key = `${kind} ${name}`;
    const open = this.#open.get(key) ?? 0;
    const maxOfCaller = kind === 'service' ? maxServiceSubscriptions : maxUserSubscriptions;
    if (this.#total >= maxSubscriptions || open >= maxOfCaller) return null;
    this.#open.set(key, open + 1);
    this.#total++;
    return () => this.#leave(key);
  }

  #leave(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1;
    this.#total--;
    if (left > 0) this.#open.set(key, left);
    else this.#open.delete(key);
  }
}
