import type { Revocation } from '../domain/revocation.js';
import { readEvents } from './event-stream.js';
import type { FeedHealth } from './feed-health.js';
import { GuardError } from './guard-error.js';
import type { KnownRevocations } from './known-revocations.js';
import { decodeEventMessage, eventsDocument } from './messages.js';
import { delayAfter, type GuardRuntime, untilAborted, Watchdog } from './runtime.js';
import { lost, type ServiceClient } from './service-client.js';
import type { GuardSettings } from './settings.js';

interface EventFeedOptions {
  readonly settings: Pick<
    GuardSettings,
    'requestTimeoutMs' | 'keepAliveTimeoutMs' | 'reconnectBaseMs' | 'reconnectMaxMs'
  >;
  readonly runtime: Pick<GuardRuntime, 'random' | 'wait' | 'after' | 'elapsedMs'>;
  readonly client: Pick<ServiceClient, 'subscribe'>;
  readonly known: KnownRevocations;
  readonly health: FeedHealth;
  readonly onRevocation: (revocation: Revocation) => void;
  /** Called when a stream is established. Earlier revocations have to be read then. */
  readonly onEstablished: () => void;
  readonly onError: (error: GuardError) => void;
}

/** How long a stream has to hold, in milliseconds, for the next one to begin without a wait. */
const stableMs = 10_000;

/** Follows revocations as they happen, ahead of the next check. Nothing relies on it being complete. */
export class EventFeed {
  #failures = 0;

  constructor(private readonly options: EventFeedOptions) {}

  async run(signal: AbortSignal): Promise<void> {
    const { settings, health, runtime, onError } = this.options;
    while (!signal.aborted) {
      const startedAtMs = runtime.elapsedMs();
      const failure = await this.#follow(signal).then(
        () => null,
        (reason: unknown) => (reason instanceof GuardError ? reason : lost('The connection was lost', reason)),
      );
      if (signal.aborted) return;
      health.streaming(false);
      if (runtime.elapsedMs() - startedAtMs >= stableMs) this.#failures = 0;
      // A stream that ends in order is no failure, unless each ends right after it began.
      const error = failure ?? (this.#failures === 0 ? null : lost('The service ends each stream soon after it began'));
      if (error !== null) onError(error);
      const delayMs = delayAfter(this.#failures++, error?.retryAfterMs ?? 0, settings, runtime.random());
      await runtime.wait(delayMs, signal);
    }
  }

  /** Follows one stream. Resolves when the service ends it in order. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { settings, runtime, client, health, onEstablished } = this.options;
    using connection = new Watchdog(signal, runtime);
    connection.set(settings.requestTimeoutMs, lost('The subscription was not established in time'));
    const stream = await untilAborted(connection.signal, () => client.subscribe(eventsDocument, connection.signal));
    const sayAlive = () => connection.set(settings.keepAliveTimeoutMs, lost('The connection fell silent'));
    sayAlive();
    health.streaming(true);
    onEstablished();
    await untilAborted(connection.signal, () =>
      readEvents(stream.body, { onBytes: sayAlive, onMessage: (text) => this.#take(text) }),
    );
  }

  #take(text: string): void {
    const { known, onRevocation } = this.options;
    const revocation = decodeEventMessage(text);
    if (revocation !== null && known.add(revocation)) onRevocation(revocation);
  }
}
