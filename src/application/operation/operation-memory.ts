/**
 * What one operation has worked out of an object and may need again, such as a filtered list. Ends with the operation.
 *
 * Plain maps, because V8 holds the entry of a WeakMap for one collection of garbage longer than its key: with them, every
 * list was copied to the old space, and collecting garbage took twice the time, a tenth of that of a list.
 */
export class OperationMemory {
  readonly #known = new Map<object, Map<string, unknown>>();

  /** @param what Names what is made of the subject: all that ask for the same name make values of the same type. */
  once<Value>(subject: object, what: string, make: () => Value): Value {
    const ofSubject = this.#known.get(subject) ?? new Map<string, unknown>();
    this.#known.set(subject, ofSubject);
    // The name stands for the type.
    if (ofSubject.has(what)) return ofSubject.get(what) as Value;
    const value = make();
    ofSubject.set(what, value);
    return value;
  }
}
