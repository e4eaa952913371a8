import { createHash } from 'node:crypto';
import type { FusionAuthEvent, FusionAuthEventHandler } from '../domain/fusionauth-event.js';
import type { Clock } from '../domain/ports/clock.js';
import { BodySignature, type SigningKey } from './body-signature.js';
import { isSameText } from './constant-time.js';
import { decodeEvent, UndecodableEventError } from './decode-event.js';
import {
  type DeliveryAuthentication,
  DeliveryAuthenticator,
  type DeliveryCredentials,
  type DeliveryHeaders,
} from './delivery-authenticator.js';
import { HandledDeliveries } from './handled-deliveries.js';
import { ProcessOnce, type ProcessOutcome } from './process-once.js';

/** How deliveries are taken. Holds no secret. */
export interface WebhookOptions {
  /** The kind of key by which FusionAuth's signature is verified; null where signing is off. */
  readonly signature: SigningKey['kind'] | null;
  /** An event that occurred longer ago is refused, in seconds. */
  readonly maxAgeSeconds: number;
  /** How far FusionAuth's clock may be ahead, in seconds. */
  readonly clockToleranceSeconds: number;
  /** How long a delivery waits until its event has been handled. */
  readonly handleTimeoutMs: number;
  readonly maxConcurrentDeliveries: number;
}

export interface WebhookSecrets extends DeliveryCredentials {
  /** Required with the signature `hmac`. */
  readonly hmacSecret: string | null;
}

interface WebhookReceiverOptions extends WebhookOptions {
  readonly secrets: WebhookSecrets;
  readonly fusionAuthUrl: string;
  /** How long fetching FusionAuth's signing keys may take, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
  readonly clock: Clock;
  readonly handle: FusionAuthEventHandler;
  readonly onHandleFailure: (error: unknown, event: FusionAuthEvent) => void;
  /**
   * Called when a delivery that was recognised as FusionAuth's was not taken, with its outcome, because its event may
   * never be reported again. The event is null when it is not known. For an event whose handling failed,
   * `onHandleFailure` is called instead.
   */
  readonly onLost: (event: FusionAuthEvent | null, cause: string) => void;
}

/** The outcome of a delivery. Nothing in it is secret. */
export type DeliveryOutcome = UnreadDelivery | ReadDelivery;

/** A delivery of which no event is known. */
export type UnreadDelivery =
  /** `ignored`: of a type that this service does not handle. */
  | { readonly kind: 'ignored' }
  /** The body is not the one that was signed. */
  | { readonly kind: 'forged' }
  | {
      readonly kind: 'undecodable';
      readonly type: string | null;
      readonly eventId: string | null;
      readonly member: string;
    };

export interface ReadDelivery {
  readonly kind: ProcessOutcome | 'stale' | 'future';
  readonly event: FusionAuthEvent;
}

export function isRead(outcome: DeliveryOutcome): outcome is ReadDelivery {
  return 'event' in outcome;
}

/**
 * Takes deliveries of FusionAuth's events. Waits for no call to FusionAuth, which may answer our call only once we have
 * answered the delivery, except for its key set. That is fetched ahead of time, and for an unknown key once more, after
 * a second at most and within a short time.
 */
export class WebhookReceiver {
  readonly #options: WebhookReceiverOptions;
  readonly #signature: BodySignature | null;
  readonly #authenticator: DeliveryAuthenticator;
  readonly #once: ProcessOnce;
  readonly #handled = new HandledDeliveries();

  constructor(options: WebhookReceiverOptions) {
    const { secrets, clock, clockToleranceSeconds, handleTimeoutMs, maxConcurrentDeliveries } = options;
    this.#options = options;
    const key = signingKeyOf(options);
    this.#signature = key === null ? null : new BodySignature(key, clock, clockToleranceSeconds);
    this.#authenticator = new DeliveryAuthenticator(secrets, this.#signature);
    this.#once = new ProcessOnce({
      handle: options.handle,
      onFailure: options.onHandleFailure,
      timeoutMs: handleTimeoutMs,
      maxConcurrent: maxConcurrentDeliveries,
    });
  }

  /**
   * Has FusionAuth's signing keys at hand from now on, so that no delivery waits for them. Returns at once.
   * @param onKeysUnavailable Called with the first of several failures in a row to fetch them.
   * @returns a disposable that stops it; null where no keys are fetched.
   */
  begin(onKeysUnavailable: (cause: unknown) => void): Disposable | null {
    return this.#signature?.keepKeysFresh(onKeysUnavailable) ?? null;
  }

  /** Decides by the headers whether a delivery is FusionAuth's. */
  authenticate(headers: DeliveryHeaders): Promise<DeliveryAuthentication> {
    return this.#authenticator.authenticate(headers);
  }

  /**
   * Takes the body of a delivery that was recognised.
   * @param signedSha256 The hash of the body that was signed; null where signing is off.
   */
  async receive(body: Buffer, signedSha256: string | null): Promise<DeliveryOutcome> {
    if (signedSha256 !== null && !isSameText(signedSha256, sha256Base64(body))) return { kind: 'forged' };
    const outcome = await this.#take(body);
    switch (outcome.kind) {
      case 'handled':
      case 'duplicate':
        this.#handled.add(outcome.event.id, signedSha256);
        break;
      case 'ignored':
        this.#handled.add(signedSha256);
        break;
      case 'undecodable':
        if (mayRevoke(outcome.type)) this.#options.onLost(null, outcome.kind);
        break;
      case 'stale':
      case 'future':
      case 'busy':
        if (!this.#handled.has(outcome.event.id)) this.#options.onLost(outcome.event, outcome.kind);
        break;
    }
    return outcome;
  }

  /**
   * A delivery that was recognised by its headers, and whose body was not taken: it was cut off, is too large, or came
   * while too many others were being handled.
   */
  notReceived(signedSha256: string | null): void {
    if (!this.#handled.has(signedSha256)) this.#options.onLost(null, 'unread');
  }

  async #take(body: Buffer): Promise<DeliveryOutcome> {
    let event: FusionAuthEvent | null;
    try {
      event = decodeEvent(body);
    } catch (error) {
      if (!(error instanceof UndecodableEventError)) throw error;
      const { type, eventId, member } = error;
      return { kind: 'undecodable', type, eventId, member };
    }
    if (event === null) return { kind: 'ignored' };
    const ageMs = this.#options.clock.now() - event.occurredAt;
    // A signature is good for ever, so that only the age distinguishes a delivery from one that somebody has kept.
    if (ageMs > this.#options.maxAgeSeconds * 1_000) return { kind: 'stale', event };
    if (ageMs < -this.#options.clockToleranceSeconds * 1_000) return { kind: 'future', event };
    return { kind: await this.#once.process(event), event };
  }
}

/** Events of other types end no session. @param type Null when it is not known. */
function mayRevoke(type: string | null): boolean {
  return type === null || !beginning.has(type);
}

/** Events of sessions that begin or go on. */
const beginning: ReadonlySet<string> = new Set([
  'jwt.refresh',
  'user.login.success',
  'user.registration.create',
  'user.registration.create.complete',
]);

function signingKeyOf(options: WebhookReceiverOptions): SigningKey | null {
  const { signature, secrets, fusionAuthUrl, keyFetchTimeoutMs: fetchTimeoutMs, handleTimeoutMs: maxWaitMs } = options;
  if (signature !== 'hmac')
    return signature === null ? null : { kind: 'jwks', fusionAuthUrl, fetchTimeoutMs, maxWaitMs };
  if (secrets.hmacSecret === null) throw new TypeError('Verifying by HMAC needs its secret');
  return { kind: 'hmac', secret: secrets.hmacSecret };
}

/** Standard Base64 with padding, which FusionAuth documents; neither hex digits nor Base64url. */
function sha256Base64(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64');
}
