/**
 * Remembers values that one operation has derived from an object, such as a filtered list. Ends with the operation.
 *
 * Plain maps, because V8 keeps an entry of a WeakMap whose value leads back to its key for one collection of garbage
 * longer. With WeakMaps every list is copied to the old space, which takes a tenth of the time of a list.
 */
export class OperationMemory {
  readonly #known = new Map<object, Map<string, unknown>>();

  /** @param what Names the derived value. Every caller with the same name makes values of the same type. */
  once<Value>(subject: object, what: string, make: () => Value): Value {
    const ofSubject = this.#known.get(subject) ?? new Map<string, unknown>();
    this.#known.set(subject, ofSubject);
    // Equal names mean equal types.
    if (ofSubject.has(what)) return ofSubject.get(what) as Value;
    const value = make();
    ofSubject.set(what, value);
    return value;
  }
}
