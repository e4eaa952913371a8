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

/** The largest page of the service. */
const pageSize = 10_000;
/** More than the service can be configured to remember. */
const maxPages = 1_001;
/** How long the first check waits for the stream of events, in milliseconds. */
const firstCheckMs = 1_000;
/** How many checks are made within the tolerance. */
const checksPerTolerance = 3;
/** The random part of the time between checks, which spreads out guards that reconnected together. */
const checkSpread = 0.25;
/** How long a decision waits for a check at most, in milliseconds. */
const contactWaitMs = 1_000;
/** The shortest time in which a check may be given up, in milliseconds. */
const minCheckTimeoutMs = 1_000;

/**
 * Regularly asks the service for revocations after the last known one. An answer is complete as of the instant of its
 * question, whatever the stream of events delays or loses, so only these checks count as contact.
 */
export class RevocationChecks {
  /** The id of the last revocation that was listed; null to begin with the first. */
  #after: string | null = null;
  #serviceCompleteSince: Instant | null = null;
  #failures = 0;
  #isChecking = false;
  #isStopped = false;
  /** Settled when the current check, or else the next one, has ended. */
  #ended: Deferred<void> = deferred();
  readonly #pause: Pause;

  constructor(private readonly options: RevocationChecksOptions) {
    this.#pause = new Pause(options.runtime.wait);
  }

  /** Ends the pause before the next check. */
  hurry(): void {
    this.#pause.end();
  }

  /**
   * Ends the pause before the next check, but not the pause after a failure, because requests call this without a
   * bound.
   */
  wake(): void {
    if (!this.#isChecking && this.#failures === 0) this.hurry();
  }

  /**
   * Waits for a check when the last contact is too long ago, as after a sleep. Does not wait when the last check
   * failed, because the service is known to be away then.
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
    // Revocations made while the list is on its way come by the stream, so the stream should be open first.
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

  /** Reads on after the last known revocation, or from the first one when the service no longer knows that id. */
  async #check(signal: AbortSignal): Promise<void> {
    let completeSince: Instant;
    try {
      completeSince = await this.#readPages(signal);
    } catch (error) {
      // Another process of the service has other ids, and may list revocations in another order.
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

  /** @returns the instant since which the service's revocations are complete. */
  async #readPages(signal: AbortSignal): Promise<Instant> {
    const { settings, client, known, onRevocation } = this.options;
    // A check usually reads little, and one that hangs must not use up the tolerance.
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
