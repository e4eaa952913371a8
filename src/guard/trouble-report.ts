import { type GuardError, type GuardErrorCode, isFinal } from './guard-error.js';

interface TroubleReportOptions {
  /** A clock that runs while the machine sleeps. */
  readonly elapsedMs: () => number;
  readonly onError: (error: GuardError) => void;
  /** Called for trouble that somebody has to mend. */
  readonly onFinal: (error: GuardError) => void;
}

/** How often trouble that any request can meet is reported, in milliseconds. Trouble of the feed is always reported. */
const repeatedErrorMs = 1_000;

/** Reports trouble of a guard, each kind at a bounded rate. */
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
