import type { FusionAuthEvent, HearFusionAuthEvent } from '../domain/fusionauth-event.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Instant } from '../domain/session.js';

export interface HearOnceOptions {
  readonly hear: HearFusionAuthEvent;
  /** Is told what `hear` rejected with, once, also when nobody waits any more. */
  readonly onFailure: (error: unknown, event: FusionAuthEvent) => void;
  readonly clock: Clock;
  /** How long a delivery waits until its event has been heard. */
  readonly timeoutMs: number;
  /** How long after it occurred an event can still be delivered again. */
  readonly maxAgeMs: number;
  /** How many events are heard at the same time. */
  readonly maxConcurrent: number;
  /** How many events are remembered; beyond, the one heard first is forgotten. */
  readonly maxRemembered: number;
}

export type HearOutcome =
  | 'heard'
  | 'duplicate'
  /** `hear` rejected. */
  | 'failed'
  /** `hear` goes on, and the next delivery of the event joins it. */
  | 'late'
  /** Too many others are being heard. */
  | 'busy';

/**
 * Tells each event once, however often it is delivered. An event counts as told when `hear` has succeeded, so one whose
 * hearing failed is told again. Each replica remembers for itself.
 */
export class HearOnce {
  readonly #options: HearOnceOptions;
  readonly #running = new Map<string, Promise<boolean>>();
  /** Until when to remember each event that was heard, oldest first. */
  readonly #heard = new Map<string, Instant>();

  constructor(options: HearOnceOptions) {
    this.#options = options;
  }

  /**
   * Waits until the event has been heard, for a bounded time: FusionAuth, which may hold a transaction open, tells an
   * event again only when it was not told that all is well. An answer before would lose what then fails.
   */
  async tell(event: FusionAuthEvent): Promise<HearOutcome> {
    if (this.#heard.has(event.id)) return 'duplicate';
    let hearing = this.#running.get(event.id);
    const isFirst = hearing === undefined;
    if (hearing === undefined) {
      if (this.#running.size >= this.#options.maxConcurrent) return 'busy';
      hearing = this.#hear(event).finally(() => this.#running.delete(event.id));
      this.#running.set(event.id, hearing);
    }
    const isHeard = await within(hearing, this.#options.timeoutMs);
    if (isHeard === undefined) return 'late';
    if (!isHeard) return 'failed';
    return isFirst ? 'heard' : 'duplicate';
  }

  async #hear(event: FusionAuthEvent): Promise<boolean> {
    try {
      await this.#options.hear(event);
      this.#remember(event);
      return true;
    } catch (error) {
      this.#options.onFailure(error, event);
      return false;
    }
  }

  #remember({ id, occurredAt }: FusionAuthEvent): void {
    const { clock, maxAgeMs, maxRemembered } = this.#options;
    this.#heard.set(id, occurredAt + maxAgeMs);
    const now = clock.now();
    for (const [oldest, until] of this.#heard) {
      if (this.#heard.size <= maxRemembered && until >= now) return;
      this.#heard.delete(oldest);
    }
  }
}

/** What a promise resolves to; undefined when it takes longer. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
