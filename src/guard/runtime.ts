/** What a guard has from its surroundings, so that tests can decide what it is. */
export interface GuardRuntime {
  readonly fetch: typeof globalThis.fetch;
  /** The time of day, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds since some fixed moment, whatever happens to the time of day. */
  readonly elapsedMs: () => number;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Resolves after a time (in milliseconds), or at once when aborted. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

export const systemRuntime: GuardRuntime = {
  fetch: (input, init) => globalThis.fetch(input, init),
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  random: () => Math.random(),
  wait: (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, durationMs);
      signal.addEventListener('abort', done);
    }),
};

/**
 * Runs something until it is done or aborted. Rejects when aborted even if what runs does not notice: fetch can wait for
 * ever when its signal is aborted just as the other side closes the connection.
 */
export function untilAborted<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    run()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Aborts when something else does, or after a time (in milliseconds) unless set again. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #abort = () => this.#controller.abort(this.parent.reason);

  constructor(private readonly parent: AbortSignal) {
    if (parent.aborted) this.#abort();
    else parent.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  set(durationMs: number, reason: Error): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(reason), durationMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.parent.removeEventListener('abort', this.#abort);
    this.#controller.abort();
  }
}
