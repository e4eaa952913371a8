import { type GuardError, type GuardErrorCode, isFinal } from './guard-error.js';

interface TroubleReportOptions {
  /** A clock that runs while the machine sleeps. */
  readonly elapsedMs: () => number;
  readonly onError: (error: GuardError) => void;
  /** Called for what does not pass by itself. */
  readonly onFinal: (error: GuardError) => void;
}

/** How often trouble that any request can meet is reported, in milliseconds. That of the feed comes at its own pace. */
const repeatedErrorMs = 1_000;

/** Reports what goes wrong in a guard, the same kind at a bounded rate. */
export class TroubleReport {
  latest: GuardError | null = null;
  readonly #silentUntilMs = new Map<GuardErrorCode, number>();

  constructor(private readonly options: TroubleReportOptions) {}

  report(error: GuardError): void {
    const { elapsedMs, onError, onFinal } = this.options;
    const now = elapsedMs();
    this.latest = error;
    if (isFinal(error)) onFinal(error);
    if (now < (this.#silentUntilMs.get(error.code) ?? 0)) return;
    if (!error.code.startsWith('FEED_')) this.#silentUntilMs.set(error.code, now + repeatedErrorMs);
    onError(error);
  }
}
