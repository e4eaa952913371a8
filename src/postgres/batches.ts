import { setImmediate as nextTurn } from 'node:timers/promises';

interface BatchesOptions<Item, Result> {
  /** Carries out several items by one statement. @returns a result for each, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxItems: number;
  /** How many items may wait. A further one is refused. */
  readonly maxWaiting: number;
  /** Two items that share a key are never in one batch. */
  readonly keysOf: (item: Item) => readonly string[];
  readonly refuse: () => Error;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Carries out items in batches, one batch at a time, each with all items that have come meanwhile: under load, one
 * commit serves many items.
 */
export class Batches<Item, Result> {
  readonly #waiting: Waiting<Item, Result>[] = [];
  #running: Promise<void> | null = null;

  constructor(private readonly options: BatchesOptions<Item, Result>) {}

  add(item: Item): Promise<Result> {
    if (this.#waiting.length >= this.options.maxWaiting) return Promise.reject(this.options.refuse());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#runAll();
    });
  }

  /** Resolves when nothing is under way. Never rejects. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    // Waits a turn of the event loop, so that items of answers that arrived together share the first batch.
    await nextTurn();
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) await this.#run(batch);
    this.#running = null;
  }

  async #run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.run(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result === undefined) reject(new TypeError('A result is missing'));
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** Takes what shares no key with what waits before it, so that an item that has to wait holds up no others. */
  #next(): readonly Waiting<Item, Result>[] {
    const keys = new Set<string>();
    const batch: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    let looks = 0;
    for (const waiting of this.#waiting) {
      if (batch.length >= this.options.maxItems || looks >= maxLooksPerItem * this.options.maxItems) break;
      looks++;
      const own = this.options.keysOf(waiting.item);
      const isFree = !own.some((key) => keys.has(key));
      for (const key of own) keys.add(key);
      (isFree ? batch : left).push(waiting);
    }
    this.#waiting.splice(0, looks, ...left);
    return batch;
  }
}

/** How many waiting items are looked at for each that a batch can hold. */
const maxLooksPerItem = 10;
