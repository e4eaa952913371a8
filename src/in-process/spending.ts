import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../domain/caller.js';
import type { Spending, Spent } from '../domain/ports/spending.js';
import { unreachable } from '../domain/unreachable.js';

interface InProcessSpendingOptions {
  readonly intervalSeconds: number;
  /** The points that one service may spend in an interval. */
  readonly servicePoints: number;
  /** The points that one user may spend in an interval. */
  readonly userPoints: number;
}

/**
 * The points of each caller, counted within this process: with several replicas, each grants the whole. A caller's
 * interval begins with its first request; a caller that is idle for an interval costs no memory.
 */
export class InProcessSpending implements Spending {
  readonly #services: RateLimiterMemory;
  readonly #users: RateLimiterMemory;

  constructor({ intervalSeconds, servicePoints, userPoints }: InProcessSpendingOptions) {
    this.#services = new RateLimiterMemory({ points: servicePoints, duration: intervalSeconds });
    this.#users = new RateLimiterMemory({ points: userPoints, duration: intervalSeconds });
  }

  async spend(caller: Caller, points: number): Promise<Spent> {
    const limiter = this.#limiterOf(caller);
    try {
      const { remainingPoints } = await limiter.consume(caller.name, points);
      return { ok: true, remainingPoints };
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      // A refusal would otherwise use up the points that are left for cheaper operations.
      const { remainingPoints } = await limiter.reward(caller.name, points);
      return {
        ok: false,
        remainingPoints: Math.max(0, remainingPoints),
        retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1_000)),
      };
    }
  }

  async charge(caller: Caller, points: number): Promise<void> {
    await this.#limiterOf(caller).penalty(caller.name, points);
  }

  #limiterOf(caller: Caller): RateLimiterMemory {
    switch (caller.kind) {
      case 'service':
        return this.#services;
      case 'user':
        return this.#users;
      default:
        return unreachable(caller);
    }
  }
}
