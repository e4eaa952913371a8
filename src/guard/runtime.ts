/** Clocks, timers, chance and network of a guard, which tests replace. */
export interface GuardRuntime {
  readonly fetch: typeof globalThis.fetch;
  /** The time of day, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Resolves after a time (in milliseconds), or at once when aborted. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  /**
   * Calls back after a time (in milliseconds).
   * @returns a function that cancels it.
   */
  readonly after: (durationMs: number, callback: () => void) => () => void;
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
  after: (durationMs, callback) => {
    const timer = setTimeout(callback, durationMs);
    return () => clearTimeout(timer);
  },
};

const dependents = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when a signal is aborted. All callbacks share one listener, because platforms warn of many.
 * @returns a function that cancels it.
 */
function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  const known = dependents.get(signal);
  const callbacks = known ?? new Set();
  if (known === undefined) {
    dependents.set(signal, callbacks);
    const callAll = () => {
      for (const one of callbacks) one();
    };
    signal.addEventListener('abort', callAll, { once: true });
  }
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

/** A wait that can be cut short. */
export class Pause {
  #cut = new AbortController();

  constructor(private readonly wait: GuardRuntime['wait']) {}

  /** Ends the current wait, or the next one. */
  end(): void {
    this.#cut.abort();
  }

  /** Waits for a time, in milliseconds, unless aborted. */
  async for(durationMs: number, signal: AbortSignal): Promise<void> {
    const leave = whenAborted(signal, () => this.end());
    if (signal.aborted) this.end();
    await this.wait(durationMs, this.#cut.signal);
    leave();
    this.#cut = new AbortController();
  }
}

interface ReconnectDelays {
  readonly reconnectBaseMs: number;
  readonly reconnectMaxMs: number;
}

/**
 * How long to wait after this many failures, in milliseconds: wholly random, so that guards do not reconnect together,
 * but never less than the service asks for, up to the bound.
 */
export function delayAfter(
  failures: number,
  retryAfterMs: number,
  { reconnectBaseMs, reconnectMaxMs }: ReconnectDelays,
  random: number,
): number {
  const ceiling = Math.min(reconnectMaxMs, reconnectBaseMs * 2 ** Math.min(failures, 30));
  return Math.max(random * ceiling, Math.min(retryAfterMs, reconnectMaxMs));
}

/**
 * Runs work until it is done or aborted. Rejects on abort even if the work does not notice: fetch can wait for ever
 * when its signal is aborted just as the other side closes the connection.
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

/** Aborts with another signal, or after a time (in milliseconds) unless set again. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  #takeBack: () => void = () => undefined;
  readonly #leave: () => void;

  constructor(
    parent: AbortSignal,
    private readonly runtime: Pick<GuardRuntime, 'after'>,
  ) {
    const abort = () => this.#controller.abort(parent.reason);
    this.#leave = whenAborted(parent, abort);
    if (parent.aborted) abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  set(durationMs: number, reason: Error): void {
    this.#takeBack();
    this.#takeBack = this.runtime.after(durationMs, () => this.#controller.abort(reason));
  }

  [Symbol.dispose](): void {
    this.#takeBack();
    this.#leave();
    this.#controller.abort();
  }
}
