import { GuardError } from './guard-error.js';

/** A state that callers can wait for, also after it has been reached. */
export class Readiness {
  #isReached = false;
  readonly #waiting = new Set<(error: GuardError | null) => void>();

  reach(): void {
    this.#isReached = true;
    this.#settle(null);
  }

  fail(error: GuardError): void {
    this.#settle(error);
  }

  /** @throws GuardError when it takes longer than this, or fails. */
  async within(durationMs: number, latestTrouble: () => GuardError | null): Promise<void> {
    if (this.#isReached) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (error: GuardError | null) => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        if (error === null) resolve();
        else reject(error);
      };
      const timer = setTimeout(() => {
        const cause = latestTrouble() ?? undefined;
        const reason = cause === undefined ? '' : `: ${cause.message}`;
        const message = `The revocations could not be read within ${durationMs} ms${reason}`;
        settle(new GuardError('NOT_READY', message, { cause }));
      }, durationMs);
      this.#waiting.add(settle);
    });
  }

  #settle(error: GuardError | null): void {
    for (const settle of this.#waiting) settle(error);
  }
}
