import type { Clock } from '../domain/ports/clock.js';
import type { LifetimeSettings } from './lifetimes.js';
import type { UpstreamOperation } from './transport.js';

export interface SettingsCacheOptions {
  readonly clock: Clock;
  /** How old settings may be before they are read anew, in milliseconds. */
  readonly maxAgeMs: number;
  /** Reads them, for an operation. */
  readonly fetch: (operation: UpstreamOperation) => Promise<LifetimeSettings>;
  /** Told when settings could not be read anew while older ones do. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * How old settings may be while they cannot be read anew, in milliseconds: an outage of them must neither hold up nor
 * change what is decided, and settings change rarely.
 */
export const maxStaleMs = 600_000;

/** How long reading is not tried again after it has failed, in milliseconds. */
export const retryPauseMs = 1_000;

/**
 * Application and tenant settings: the only thing kept across operations, because every list needs them and they
 * change rarely. However many ask at once, FusionAuth is asked once. When they have become old, the next who asks gets
 * the old ones once more and has them read anew, so that nobody waits. A failure is told for a moment, then read again.
 */
export class SettingsCache {
  readonly #options: SettingsCacheOptions;
  #good: { readonly settings: LifetimeSettings; readonly readAt: number } | undefined;
  #failure: { readonly error: unknown; readonly failedAt: number } | undefined;
  #underWay: Promise<LifetimeSettings> | undefined;

  constructor(options: SettingsCacheOptions) {
    this.#options = options;
  }

  /** @throws FusionAuthCallError or UpstreamContractError when they cannot be read. */
  async read(operation: UpstreamOperation): Promise<LifetimeSettings> {
    const { maxAgeMs, onFailure } = this.#options;
    if (this.#good !== undefined) {
      const ageMs = this.#since(this.#good.readAt);
      if (ageMs <= maxAgeMs) return this.#good.settings;
      if (ageMs <= maxAgeMs + maxStaleMs) {
        if (!this.#hasJustFailed() && this.#underWay === undefined) this.#fetch(operation).catch(onFailure);
        return this.#good.settings;
      }
    }
    if (this.#failure !== undefined && this.#hasJustFailed()) throw this.#failure.error;
    return this.#underWay ?? this.#fetch(operation);
  }

  #fetch(operation: UpstreamOperation): Promise<LifetimeSettings> {
    const { clock, fetch } = this.#options;
    const reading = fetch(operation);
    this.#underWay = reading;
    const done = () => {
      this.#underWay = undefined;
    };
    return reading.then(
      (settings) => {
        done();
        this.#good = { settings, readAt: clock.now() };
        this.#failure = undefined;
        return settings;
      },
      (error: unknown) => {
        done();
        this.#failure = { error, failedAt: clock.now() };
        throw error;
      },
    );
  }

  #hasJustFailed(): boolean {
    return this.#failure !== undefined && this.#since(this.#failure.failedAt) < retryPauseMs;
  }

  /** The clock may have been set back, which makes things old too. */
  #since(instant: number): number {
    return Math.abs(this.#options.clock.now() - instant);
  }
}
