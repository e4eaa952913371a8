import { type Deferred, deferred } from '../domain/deferred.js';
import type { Revocation } from '../domain/revocation.js';
import type { Instant } from '../domain/session.js';
import type { FeedHealth } from './feed-health.js';
import { GuardError } from './guard-error.js';
import type { KnownRevocations } from './known-revocations.js';
import { decodeRevocationsPage, malformed, revocationsDocument } from './messages.js';
import { delayAfter, type GuardRuntime, Pause } from './runtime.js';
import { lost, type ServiceClient } from './service-client.js';
import type { GuardSettings } from './settings.js';

interface RevocationChecksOptions {
  readonly settings: Pick<GuardSettings, 'feedToleranceMs' | 'requestTimeoutMs' | 'reconnectBaseMs' | 'reconnectMaxMs'>;
  readonly runtime: Pick<GuardRuntime, 'random' | 'wait' | 'after'>;
  /** A clock that runs while the machine sleeps. */
  readonly elapsedMs: () => number;
  readonly client: Pick<ServiceClient, 'query'>;
  readonly known: KnownRevocations;
  readonly health: FeedHealth;
  readonly onRevocation: (revocation: Revocation) => void;
  readonly onCaughtUp: () => void;
  /** Called when revocations may have been missed for good. */
  readonly onGap: () => void;
  readonly onError: (error: GuardError) => void;
}

/** As many as the service gives at once. */
const pageSize = 10_000;
/** More than the service can be configured to remember. */
const maxPages = 1_001;
/** How long the first check waits for the stream of events, in milliseconds. */
const firstCheckMs = 1_000;
/** How much shorter than the tolerance the time between checks is. */
const checksPerTolerance = 3;
/** The share of the time between checks that is left to chance: guards that came back together do not go on together. */
const checkSpread = 0.25;
/** How long a decision waits for a check at most, in milliseconds. */
const contactWaitMs = 1_000;
/** The shortest time in which a check may be given up, in milliseconds. */
const minCheckTimeoutMs = 1_000;

/**
 * Asks the service what was revoked after the last revocation that is known, again and again. What was asked at an
 * instant is known as of that instant, whatever the stream of events delays or loses on its way, so this and nothing else
 * counts as contact.
 */
export class RevocationChecks {
  /** The id of the last revocation that was listed; null to begin with the first. */
  #after: string | null = null;
  #serviceCompleteSince: Instant | null = null;
  #failures = 0;
  #isChecking = false;
  #isStopped = false;
  /** Settled when the check that is made now, or else the next one, has ended. */
  #ended: Deferred<void> = deferred();
  readonly #pause: Pause;

  constructor(private readonly options: RevocationChecksOptions) {
    this.#pause = new Pause(options.runtime.wait);
  }

  /** Checks now rather than when it is time to. */
  hurry(): void {
    this.#pause.end();
  }

  /** The same, but not before it is time to after a failure: called as often as there are requests. */
  wake(): void {
    if (!this.#isChecking && this.#failures === 0) this.hurry();
  }

  /**
   * For when the last contact is too long ago: waits for a check, unless the last one failed, so that the service is known
   * to be away. After a sleep, what was revoked meanwhile is a moment away.
   */
  async awaitContact(): Promise<void> {
    this.wake();
    if (this.#failures > 0 || this.#isStopped) return;
    const { promise: isOver, settle } = deferred<void>();
    const takeBack = this.options.runtime.after(contactWaitMs, settle);
    await Promise.race([this.#ended.promise, isOver]);
    takeBack();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#run(signal);
    this.#isStopped = true;
    this.#ended.settle();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { settings, runtime, elapsedMs, health, onCaughtUp, onError } = this.options;
    // What is revoked while the list is on its way comes by the stream, so it had better be there.
    await this.#pause.for(firstCheckMs, signal);
    while (!signal.aborted) {
      this.#isChecking = true;
      const askedAtMs = elapsedMs();
      const error = await this.#check(signal).then(
        () => null,
        (reason: unknown) => (reason instanceof GuardError ? reason : lost('The connection was lost', reason)),
      );
      this.#isChecking = false;
      if (signal.aborted) return;
      const failuresBefore = this.#failures;
      this.#failures = error === null ? 0 : failuresBefore + 1;
      if (error === null) {
        health.contact(askedAtMs);
        onCaughtUp();
      } else onError(error);
      this.#ended.settle();
      this.#ended = deferred();
      const delayMs =
        error === null
          ? (settings.feedToleranceMs / checksPerTolerance) * (1 - runtime.random() * checkSpread)
          : delayAfter(failuresBefore, error.retryAfterMs, settings, runtime.random());
      await this.#pause.for(delayMs, signal);
    }
  }

  /** Reads on after what is known; and from the first one where the service does not know that any more. */
  async #check(signal: AbortSignal): Promise<void> {
    let completeSince: Instant;
    try {
      completeSince = await this.#readPages(signal);
    } catch (error) {
      // Another process of the service has other ids, and may have learnt of things at other times.
      const isForgotten = error instanceof GuardError && error.serviceCode === 'BAD_USER_INPUT' && this.#after !== null;
      if (!isForgotten) throw error;
      completeSince = await this.#readAll(signal);
    }
    const isFirst = this.#serviceCompleteSince === null;
    if (completeSince === this.#serviceCompleteSince) return;
    if (!isFirst && this.#after === null) completeSince = await this.#readAll(signal);
    const { known, onGap } = this.options;
    const isGap = !isFirst && completeSince > known.completeSince;
    this.#serviceCompleteSince = completeSince;
    known.missedBefore(completeSince);
    if (isGap) onGap();
  }

  #readAll(signal: AbortSignal): Promise<Instant> {
    this.#after = null;
    this.#serviceCompleteSince ??= Number.NEGATIVE_INFINITY;
    return this.#readPages(signal);
  }

  /** @returns since when the service says it is complete. */
  async #readPages(signal: AbortSignal): Promise<Instant> {
    const { settings, client, known, onRevocation } = this.options;
    // What has come since the last check is little, and a check that hangs must not use up the tolerance.
    const patientMs = settings.requestTimeoutMs;
    const briefMs = Math.min(patientMs, Math.max(minCheckTimeoutMs, settings.feedToleranceMs / checksPerTolerance));
    let completeSince = Number.NEGATIVE_INFINITY;
    for (let page = 1; page <= maxPages; page++) {
      const variables: Readonly<Record<string, unknown>> = { after: this.#after, first: pageSize };
      const timeoutMs = this.#after === null || page > 1 ? patientMs : briefMs;
      const answer = decodeRevocationsPage(await client.query(revocationsDocument, variables, signal, { timeoutMs }));
      for (const revocation of answer.revocations) if (known.add(revocation)) onRevocation(revocation);
      completeSince = Math.max(completeSince, answer.completeSince);
      this.#after = answer.lastId ?? this.#after;
      if (answer.revocations.length < pageSize) return completeSince;
    }
    throw malformed('the list of revocations has no end');
  }
}
