import type { Clock } from '../domain/ports/clock.js';
import type { BackOff } from './back-off.js';
import { FusionAuthCallError } from './call-error.js';
import type { UpstreamOperation } from './transport-call.js';

interface SettingsCacheOptions<Value> {
  readonly clock: Clock;
  /** How old a value may be before it is read anew, in milliseconds. */
  readonly maxAgeMs: (value: Value) => number;
  /** Reads the value, on behalf of an operation. */
  readonly fetch: (operation: UpstreamOperation) => Promise<Value>;
  /** Shared by all values of the same source. */
  readonly backOff: BackOff;
  /** Called once for each failure of the source, after which it rests. */
  readonly onFailure: (error: unknown, olderValueIsUsed: boolean) => void;
}

/**
 * How old settings may be while they cannot be read anew, in milliseconds. Settings change rarely, and an outage must
 * neither delay nor change an answer.
 */
export const maxStaleMs = 600_000;

/** How long operations wait for a reading, in milliseconds. A longer one goes on without them. */
const maxSettingsWaitMs = 2_000;

/**
 * Caches one value across operations. Simultaneous operations share one reading. An old value is answered once more
 * while it is read anew, so that nobody waits. A failure is remembered while the source rests.
 */
export class SettingsCache<Value> {
  readonly #options: SettingsCacheOptions<Value>;
  #good: { readonly value: Value; readonly readAt: number } | undefined;
  #underWay: { readonly reading: Promise<Value>; readonly sinceMs: number } | undefined;

  constructor(options: SettingsCacheOptions<Value>) {
    this.#options = options;
  }

  /** The latest value, unless it is too old; undefined when there is none. */
  get latest(): Value | undefined {
    return this.#good?.value;
  }

  /** Whether `read` would answer the latest value without asking the source. */
  get isFresh(): boolean {
    if (this.#good === undefined) return false;
    const { value, readAt } = this.#good;
    return Math.abs(this.#options.clock.now() - readAt) <= this.#options.maxAgeMs(value);
  }

  /** @throws FusionAuthCallError or UpstreamContractError when the value cannot be read in time. */
  async read(operation: UpstreamOperation): Promise<Value> {
    const { maxAgeMs, backOff } = this.#options;
    const { resting } = backOff;
    if (this.#good !== undefined) {
      const { value } = this.#good;
      const ageMs = Math.abs(this.#options.clock.now() - this.#good.readAt);
      if (ageMs <= maxAgeMs(value)) return value;
      if (ageMs <= maxAgeMs(value) + maxStaleMs) {
        if (resting === undefined && this.#underWay === undefined) this.#fetch(operation, true).catch(() => undefined);
        return value;
      }
      this.#good = undefined;
    }
    if (this.#underWay === undefined && resting !== undefined) throw resting.error;
    const { reading, sinceMs } = this.#underWay ?? {
      reading: this.#fetch(operation, false),
      sinceMs: performance.now(),
    };
    return inTime(reading, backOff.isSlow ? 0 : maxSettingsWaitMs - (performance.now() - sinceMs));
  }

  #fetch(operation: UpstreamOperation, olderValueIsUsed: boolean): Promise<Value> {
    const { clock, fetch, backOff, onFailure } = this.#options;
    const sinceMs = performance.now();
    const reading = fetch(operation).then(
      (value) => {
        this.#underWay = undefined;
        this.#good = { value, readAt: clock.now() };
        backOff.succeeded();
        return value;
      },
      (error: unknown) => {
        this.#underWay = undefined;
        // Many readings can be under way when the source fails, which counts as one failure.
        if (backOff.resting === undefined) {
          backOff.failed(error);
          backOff.isSlow = performance.now() - sinceMs >= maxSettingsWaitMs || isTimeout(error);
          onFailure(error, olderValueIsUsed);
        }
        throw error;
      },
    );
    this.#underWay = { reading, sinceMs };
    return reading;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof FusionAuthCallError && error.failure.kind === 'timeout';
}

/** Settles as the reading does, or rejects after `waitMs`. The result of the reading is ignored then. */
async function inTime<Value>(reading: Promise<Value>, waitMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new FusionAuthCallError('settings', { kind: 'timeout' }, false));
    const timer = setTimeout(giveUp, Math.max(0, waitMs));
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
