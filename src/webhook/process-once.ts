import type { FusionAuthEvent, FusionAuthEventHandler, Handled } from '../domain/fusionauth-event.js';
import { within } from '../domain/within.js';

export interface ProcessOnceOptions {
  readonly handle: FusionAuthEventHandler;
  /** Called once with the error of `handle`, also when nobody waits any more. */
  readonly onFailure: (error: unknown, event: FusionAuthEvent) => void;
  /** How long a delivery waits until its event has been handled. */
  readonly timeoutMs: number;
  /** How many events are handled at the same time. */
  readonly maxConcurrent: number;
}

export type ProcessOutcome =
  | 'handled'
  /** A delivery of the event was handled before, here or by another replica. */
  | 'duplicate'
  /** FusionAuth asks whether it may go on with the sign-in, and may not. */
  | 'denied'
  /** `handle` rejected. */
  | 'failed'
  /** `handle` goes on, and the next delivery of the event joins it. */
  | 'late'
  /** Too many others are being handled. */
  | 'busy';

/**
 * Handles deliveries side by side, within bounds. Deliveries of one event that come while it is being handled wait for
 * the same result; the claim with which the handler publishes makes sure that an event is handled once overall.
 */
export class ProcessOnce {
  readonly #running = new Map<string, Promise<Handled | 'failed'>>();

  constructor(private readonly options: ProcessOnceOptions) {}

  /**
   * Waits until the event has been handled, for a bounded time: FusionAuth, which may hold a transaction open, delivers
   * an event again only after a failure. An answer before the end would lose an event whose handling then fails.
   */
  async process(event: FusionAuthEvent): Promise<ProcessOutcome> {
    let handling = this.#running.get(event.id);
    const isFirst = handling === undefined;
    if (handling === undefined) {
      if (this.#running.size >= this.options.maxConcurrent) return 'busy';
      handling = this.#handle(event).finally(() => this.#running.delete(event.id));
      this.#running.set(event.id, handling);
    }
    const result = await within(handling, this.options.timeoutMs);
    if (result === undefined) return 'late';
    if (result === 'failed' || result === 'denied') return result;
    return isFirst && result !== 'known' ? 'handled' : 'duplicate';
  }

  async #handle(event: FusionAuthEvent): Promise<Handled | 'failed'> {
    try {
      return await this.options.handle(event);
    } catch (error) {
      this.options.onFailure(error, event);
      return 'failed';
    }
  }
}
