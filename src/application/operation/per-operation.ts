import type { Work } from './work.js';

/** A value for each operation, by its work: made when it is first asked for, and forgotten when the operation is over. */
export class PerOperation<Value> {
  readonly #values = new WeakMap<Pick<Work, 'whenOver'>, Value>();

  constructor(private readonly make: () => Value) {}

  of(work: Pick<Work, 'whenOver'>): Value {
    return this.#values.get(work) ?? this.#begin(work);
  }

  /** Forgets at the end: V8 holds an entry whose value leads back to its key for one collection of garbage longer. */
  #begin(work: Pick<Work, 'whenOver'>): Value {
    const value = this.make();
    this.#values.set(work, value);
    work.whenOver(() => this.#values.delete(work));
    return value;
  }
}
