import type { Caller } from '../domain/caller.js';
import type { Follower } from '../domain/ports/service-readings.js';
import { Share } from './share.js';

interface SubscriptionCountOptions {
  /** How many subscriptions may be open at the same time, in this process. */
  readonly maxSubscriptions: number;
  /** How many of them one service may have, and one user. */
  readonly maxServiceSubscriptions: number;
  readonly maxUserSubscriptions: number;
  /** The share of them that is reserved for services, in percent. */
  readonly serviceReservePercent: number;
}

/** Counts the subscriptions that are open, all together and for each caller. */
export class SubscriptionCount {
  readonly #open = new Map<string, Follower>();
  readonly #total: Share;

  constructor(private readonly options: SubscriptionCountOptions) {
    this.#total = new Share(options.maxSubscriptions, options.serviceReservePercent, 100);
  }

  /** The callers whose subscriptions are open. */
  get followers(): readonly Follower[] {
    return [...this.#open.values()];
  }

  /** @returns a function to call when the subscription has ended, or null when there are too many already. */
  enter(caller: Caller): (() => void) | null {
    const { kind, name, tenantIds } = caller;
    const { maxServiceSubscriptions, maxUserSubscriptions } = this.options;
    const key = `${kind} ${name}`;
    const open = this.#open.get(key)?.streams ?? 0;
    const maxOfCaller = kind === 'service' ? maxServiceSubscriptions : maxUserSubscriptions;
    if (open >= maxOfCaller) return null;
    const leave = this.#total.enter(caller);
    if (typeof leave === 'string') return null;
    this.#open.set(key, { kind, name, tenantIds, streams: open + 1 });
    return () => {
      leave();
      this.#leave(key);
    };
  }

  #leave(key: string): void {
    const open = this.#open.get(key);
    if (open !== undefined && open.streams > 1) this.#open.set(key, { ...open, streams: open.streams - 1 });
    else this.#open.delete(key);
  }
}
