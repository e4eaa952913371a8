/**
 * What has been opened, to be closed again in the opposite order. One that cannot be closed keeps none of the others
 * open; the first failure is thrown in the end.
 */
export class DisposalList implements AsyncDisposable {
  readonly #closers: (() => unknown)[] = [];

  /** Has `close` called when the list is disposed of. */
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
