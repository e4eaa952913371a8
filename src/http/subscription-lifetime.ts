import type { Caller } from '../domain/caller.js';
import { CredentialsEndedError } from '../domain/errors.js';
import type { Clock } from '../domain/ports/clock.js';

export interface SubscriptionLifetimeOptions {
  /** Calls back when the credentials of a caller are revoked. Returns a function that stops watching. */
  readonly onRevoked: (caller: Caller, callback: () => void) => () => void;
  /** How long one may last, in milliseconds. It then ends without an error, and the client subscribes again. */
  readonly maxSubscriptionMs: number;
  readonly clock: Clock;
}

/**
 * How long a stream stays open after its credentials have ended, in milliseconds, so that users who follow their own
 * sessions get that event.
 */
const lastEventsMs = 100;

/**
 * Bounds the lifetime of a stream by its credentials. The caller aborts the returned controller when the stream has
 * ended.
 */
export function startLifetime(
  caller: Caller,
  { clock, maxSubscriptionMs, onRevoked }: SubscriptionLifetimeOptions,
): AbortController {
  const ending = new AbortController();
  const endWithError = () => ending.abort(new CredentialsEndedError());
  const credentialsMs = caller.expiresAt === null ? Number.POSITIVE_INFINITY : caller.expiresAt - clock.now();
  const timer =
    credentialsMs <= maxSubscriptionMs
      ? setTimeout(endWithError, Math.max(0, credentialsMs))
      : setTimeout(() => ending.abort(), maxSubscriptionMs);
  const stopWatching = onRevoked(caller, () => setTimeout(endWithError, lastEventsMs).unref());
  ending.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    stopWatching();
  });
  return ending;
}
