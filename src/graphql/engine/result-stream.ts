import type { ExecutionResult } from 'graphql';
import type { Identified } from '../../application/operation/subscription.js';

/** A result for a subscriber, with the id of its event if the subscriber can resume after it. */
export type SubscriptionResult = ExecutionResult & Identified;

/**
 * The results of a subscription, until they end or a signal is aborted. An error ends them with a last result that
 * holds it. Unlike the `return` of an async generator, this one takes effect at once, also while a result is awaited: a
 * stream whose client has gone must not wait for the next event.
 */
export class ResultStream implements AsyncGenerator<SubscriptionResult, void, undefined> {
  #reader: ((result: IteratorResult<SubscriptionResult, void>) => void) | null = null;
  #last: SubscriptionResult | null = null;
  #isOver = false;

  /**
   * @param signal Ends the results when aborted, with an error if its reason is one.
   * @param describe Puts an error into words for the caller.
   */
  constructor(
    private readonly results: AsyncIterator<SubscriptionResult>,
    private readonly signal: AbortSignal,
    private readonly describe: (error: Error) => SubscriptionResult,
  ) {
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  next(): Promise<IteratorResult<SubscriptionResult, void>> {
    if (this.#isOver) return Promise.resolve(this.#takeLast());
    return new Promise((resolve) => {
      this.#reader = resolve;
      this.results.next().then(
        ({ done, value }) => (done === true ? this.#end(null) : this.#answer({ done: false, value })),
        (error: Error) => this.#end(this.describe(error)),
      );
    });
  }

  async return(): Promise<IteratorResult<SubscriptionResult, void>> {
    this.#end(null);
    return { done: true, value: undefined };
  }

  throw(): Promise<IteratorResult<SubscriptionResult, void>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  readonly #onAbort = () => {
    const { reason } = this.signal;
    this.#end(reason instanceof Error && reason.name !== 'AbortError' ? this.describe(reason) : null);
  };

  #end(last: SubscriptionResult | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#last = last;
    this.signal.removeEventListener('abort', this.#onAbort);
    void this.results.return?.();
    if (this.#reader !== null) this.#answer(this.#takeLast());
  }

  #answer(result: IteratorResult<SubscriptionResult, void>): void {
    this.#reader?.(result);
    this.#reader = null;
  }

  #takeLast(): IteratorResult<SubscriptionResult, void> {
    const last = this.#last;
    this.#last = null;
    return last === null ? { done: true, value: undefined } : { done: false, value: last };
  }
}
