/**
 * A list of opened resources, which it closes in the opposite order. It closes all of them, whichever fail, and then
 * throws the first failure.
 */
export class DisposalList implements AsyncDisposable {
  readonly #closers: (() => unknown)[] = [];

  /** Adds a resource: `close` is called when the list is disposed of. */
  defer(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Does nothing the second time. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
