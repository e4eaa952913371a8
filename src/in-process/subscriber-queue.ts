import { SubscriptionOverflowError } from '../domain/errors.js';

/**
 * The events that wait for one subscriber, in order. When more would wait than is allowed, nothing is added any more:
 * the subscriber reads the waiting events and then gets the error, so that it never misses one unnoticed.
 */
export class SubscriberQueue<Item> implements AsyncIterableIterator<Item> {
  readonly #waiting: Item[] = [];
  readonly #readers: ((result: Promise<IteratorResult<Item>>) => void)[] = [];
  #end: { readonly error: Error | null } | null = null;

  constructor(
    private readonly maxWaiting: number,
    private readonly onEnd: () => void,
  ) {}

  get waitingCount(): number {
    return this.#waiting.length;
  }

  push(item: Item): void {
    if (this.#end !== null) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader(Promise.resolve({ done: false, value: item }));
    else if (this.#waiting.length < this.maxWaiting) this.#waiting.push(item);
    else this.end(new SubscriptionOverflowError(this.maxWaiting));
  }

  /** Waiting events can still be read. */
  end(error: Error | null = null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    this.onEnd();
    for (const reader of this.#readers.splice(0)) reader(this.#ended());
  }

  async next(): Promise<IteratorResult<Item>> {
    const [item] = this.#waiting.splice(0, 1);
    if (item !== undefined) return { done: false, value: item };
    if (this.#end !== null) return this.#ended();
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  async return(): Promise<IteratorResult<Item>> {
    this.#waiting.length = 0;
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The error is given once. */
  async #ended(): Promise<IteratorResult<Item>> {
    const error = this.#end?.error ?? null;
    this.#end = { error: null };
    if (error !== null) throw error;
    return { done: true, value: undefined };
  }
}
