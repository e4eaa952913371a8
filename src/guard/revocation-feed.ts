import type { Instant } from '../domain/session.js';
import { readEvents } from './event-stream.js';
import type { FeedHealth } from './feed-health.js';
import { GuardError } from './guard-error.js';
import type { KnownRevocations } from './known-revocations.js';
import {
  decodeEventMessage,
  decodeRevocationsPage,
  eventsDocument,
  malformed,
  revocationsDocument,
} from './messages.js';
import { type GuardRuntime, untilAborted, Watchdog } from './runtime.js';
import { lost, type ServiceClient, type ServiceStream } from './service-client.js';
import type { GuardSettings } from './settings.js';

export interface RevocationFeedOptions {
  readonly settings: Pick<
    GuardSettings,
    'requestTimeoutMs' | 'keepAliveTimeoutMs' | 'reconnectBaseMs' | 'reconnectMaxMs' | 'clockSlackMs'
  >;
  readonly runtime: GuardRuntime;
  readonly client: ServiceClient;
  readonly known: KnownRevocations;
  readonly health: FeedHealth;
  readonly onConnected: () => void;
  /** Told when revocations may have been missed for good. */
  readonly onGap: () => void;
  readonly onError: (error: GuardError) => void;
}

/** As many as the service gives at once. */
const pageSize = 10_000;
/** More than the service can be configured to remember. */
const maxPages = 1_001;

/** Keeps what is known of revocations up to date until it is aborted. */
export class RevocationFeed {
  /**
   * The time, by the clock of the service, up to which nothing has been missed; null before the first catch-up, and
   * when the service does not tell the time.
   */
  #knownUntil: Instant | null = null;
  /** Since when the service said it was complete, last time. */
  #serviceCompleteSince: Instant | null = null;
  #hasCaughtUp = false;
  #failedAttempts = 0;

  constructor(private readonly options: RevocationFeedOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    const { health, runtime, onError } = this.options;
    while (!signal.aborted) {
      const error = await this.#follow(signal).then(
        () => null,
        (reason: unknown) => (reason instanceof GuardError ? reason : lost('The connection was lost', reason)),
      );
      if (signal.aborted) return;
      health.lost();
      if (error !== null) onError(error);
      await runtime.wait(this.#reconnectDelayMs(error), signal);
    }
  }

  /** With all of it left to chance, so that many guards do not come back together. */
  #reconnectDelayMs(error: GuardError | null): number {
    const { settings, runtime } = this.options;
    const { reconnectBaseMs, reconnectMaxMs } = settings;
    const ceiling = Math.min(reconnectMaxMs, reconnectBaseMs * 2 ** Math.min(this.#failedAttempts, 30));
    this.#failedAttempts++;
    return Math.max(runtime.random() * ceiling, Math.min(error?.retryAfterMs ?? 0, reconnectMaxMs));
  }

  /**
   * One connection: subscribes, and then reads what was revoked until then, so that nothing falls between. What comes on
   * the stream meanwhile is taken in as well, because neither order nor repetition matters.
   * Resolves when the service ends the stream in order.
   */
  async #follow(signal: AbortSignal): Promise<void> {
    const { settings, client, known, health, onConnected } = this.options;
    using connection = new Watchdog(signal);
    connection.set(settings.requestTimeoutMs, lost('The subscription was not established in time'));
    const stream = await untilAborted(connection.signal, () => client.subscribe(eventsDocument, connection.signal));
    const timeOf = this.#serviceClock(stream);
    const establishedAt = timeOf();
    let isCaughtUp = false;
    const sayAlive = () => {
      connection.set(settings.keepAliveTimeoutMs, lost('The connection fell silent'));
      if (isCaughtUp) this.#knownUntil = timeOf();
      known.removeExpired();
    };
    sayAlive();
    const reading = untilAborted(connection.signal, () =>
      readEvents(stream.body, { onBytes: sayAlive, onMessage: (text) => this.#take(text) }),
    ).catch((error: unknown) => {
      // The service drops events from some moment on that is not known, and says so behind those that waited.
      if (isCaughtUp && error instanceof GuardError && error.code === 'FEED_OVERFLOW') this.#knownUntil = establishedAt;
      throw error;
    });
    const endedEarly = reading.then(() => {
      throw lost('The stream ended before the catch-up');
    });
    const caughtUp = this.#catchUp(connection.signal);
    // Whichever loses is heard of no more.
    for (const promise of [endedEarly, caughtUp]) promise.catch(() => {});
    await Promise.race([caughtUp, endedEarly]);
    isCaughtUp = true;
    this.#hasCaughtUp = true;
    this.#knownUntil = timeOf();
    this.#failedAttempts = 0;
    health.connected();
    onConnected();
    await reading;
  }

  #take(text: string): void {
    const revocation = decodeEventMessage(text);
    if (revocation !== null) this.options.known.add(revocation);
  }

  /**
   * Reads what was revoked since the last contact. Another process of the service, or one that had to forget some, says
   * that it is complete since another instant than before: then everything is read that it knows of, because it may have
   * been told of things at other times, by another clock.
   */
  async #catchUp(signal: AbortSignal): Promise<void> {
    const { settings } = this.options;
    const isKnown = this.#knownUntil !== null && this.#serviceCompleteSince !== null;
    const since = isKnown ? new Date(Number(this.#knownUntil) - settings.clockSlackMs).toISOString() : null;
    const completeSince = await this.#readPages(since, signal);
    if (isKnown && completeSince === this.#serviceCompleteSince) return;
    this.#complete(isKnown ? await this.#readPages(null, signal) : completeSince);
  }

  /** @returns since when the service says it is complete. */
  async #readPages(since: string | null, signal: AbortSignal): Promise<Instant> {
    const { client, known } = this.options;
    let after: string | null = null;
    for (let page = 1; page <= maxPages; page++) {
      const variables: Readonly<Record<string, unknown>> = { since, after, first: pageSize };
      const { revocations, lastId, completeSince } = decodeRevocationsPage(
        await client.query(revocationsDocument, variables, signal),
      );
      for (const revocation of revocations) known.add(revocation);
      if (revocations.length < pageSize) return completeSince;
      after = lastId;
    }
    throw malformed('the list of revocations has no end');
  }

  /** What has been missed before that stays unknown. */
  #complete(completeSince: Instant): void {
    const { known, onGap } = this.options;
    this.#serviceCompleteSince = completeSince;
    const isGap = this.#hasCaughtUp && completeSince > known.completeSince;
    known.missedBefore(completeSince);
    if (isGap) onGap();
  }

  /** Tells the time of the service, never later than it is there. */
  #serviceClock({ serviceTime }: ServiceStream): () => Instant | null {
    const { elapsedMs } = this.options.runtime;
    const startedAt = elapsedMs();
    return () => (serviceTime === null ? null : serviceTime + elapsedMs() - startedAt);
  }
}
