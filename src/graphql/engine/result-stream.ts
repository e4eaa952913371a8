/**
 * The results of a subscription, until they end or a signal is aborted. An error ends them with a last result that
 * holds it. Unlike the `return` of an async generator, this one takes effect at once, also while a result is awaited: a
 * stream whose client has gone must not wait for the next event.
 */
export class ResultStream<Result> implements AsyncGenerator<Result, void, undefined> {
  /** Those who wait for a result, the next one first. */
  readonly #readers: ((result: IteratorResult<Result, void>) => void)[] = [];
  #last: Result | null = null;
  #isOver = false;

  /**
   * @param signal Ends the results when aborted, with an error if its reason is one.
   * @param describe Puts an error into words for the caller.
   */
  constructor(
    private readonly results: AsyncIterator<Result>,
    private readonly signal: AbortSignal,
    private readonly describe: (error: Error) => Result,
  ) {
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  next(): Promise<IteratorResult<Result, void>> {
    if (this.#isOver) return Promise.resolve(this.#takeLast());
    return new Promise((resolve) => {
      this.#readers.push(resolve);
      if (this.#readers.length === 1) this.#take();
    });
  }

  async return(): Promise<IteratorResult<Result, void>> {
    this.#end(null);
    return { done: true, value: undefined };
  }

  throw(): Promise<IteratorResult<Result, void>> {
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

  /** Takes one result at a time, so that they stay in order. */
  #take(): void {
    this.results.next().then(
      ({ done, value }) => (done === true ? this.#end(null) : this.#answer(value)),
      (error: Error) => this.#end(this.describe(error)),
    );
  }

  #end(last: Result | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#last = last;
    this.signal.removeEventListener('abort', this.#onAbort);
    void this.results.return?.();
    for (const reader of this.#readers.splice(0)) reader(this.#takeLast());
  }

  #answer(value: Result): void {
    this.#readers.shift()?.({ done: false, value });
    if (this.#readers.length > 0) this.#take();
  }

  #takeLast(): IteratorResult<Result, void> {
    const last = this.#last;
    this.#last = null;
    return last === null ? { done: true, value: undefined } : { done: false, value: last };
  }
}
