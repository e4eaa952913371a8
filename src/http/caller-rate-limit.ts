import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../domain/caller.js';
import { unreachable } from '../domain/unreachable.js';

export interface CallerRateLimitOptions {
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
export class CallerRateLimit {
  readonly #services: RateLimiterMemory;
  readonly #users: RateLimiterMemory;

  constructor({ intervalSeconds, servicePoints, userPoints }: CallerRateLimitOptions) {
    this.#services = new RateLimiterMemory({ points: servicePoints, duration: intervalSeconds });
    this.#users = new RateLimiterMemory({ points: userPoints, duration: intervalSeconds });
  }

  /** Takes points from the caller, all or none. */
  async spend(caller: Caller, points: number): Promise<Spent | Refused> {
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

  /** Takes points for work that is done already, also more than are left. */
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

interface Spent {
  readonly ok: true;
  readonly remainingPoints: number;
}

interface Refused {
  readonly ok: false;
  readonly remainingPoints: number;
  readonly retryAfterSeconds: number;
}
