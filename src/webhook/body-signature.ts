import { errors, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../domain/ports/clock.js';
import { within } from '../domain/within.js';
import { keepFresh } from '../tokens/keep-fresh.js';
import { createKeySet, isAboutTheToken, type KeySet, keySetUrlOf, maxTokenLength } from '../tokens/key-set.js';
import { asymmetricAlgorithms } from '../tokens/signature-algorithms.js';
import { verifyJwt } from '../tokens/verify-jwt.js';

/** The key with which FusionAuth signs deliveries: a key pair whose public key it publishes, or a shared secret. */
export type SigningKey =
  | {
      readonly kind: 'jwks';
      readonly fusionAuthUrl: string;
      /** How long fetching the keys may take: FusionAuth may hold a transaction open meanwhile. */
      readonly fetchTimeoutMs: number;
      /** How long a delivery may wait for a key that FusionAuth has just made: as long as it may take to handle one. */
      readonly maxWaitMs: number;
    }
  | { readonly kind: 'hmac'; readonly secret: string };

type SignatureCheck =
  /** The Base64 SHA-256 of the only body that was signed. */
  | { readonly kind: 'signed'; readonly bodySha256: string }
  | { readonly kind: 'refused' }
  /** The keys cannot be had, so the signature can be neither accepted nor refused. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** The signature names a key that is not among those at hand. */
interface UnknownKey {
  readonly kind: 'unknownKey';
  readonly cause: unknown;
}

/** Never both in one list: a public key must not be taken for a shared secret. @see RFC 8725 section 3.1 */
const algorithms = {
  jwks: [...asymmetricAlgorithms],
  hmac: ['HS256', 'HS384', 'HS512'],
};

/**
 * How often an unknown key id may fetch the keys. FusionAuth may just have made one, delivers once, and gives a delivery up
 * after two seconds unless it is set up otherwise: there has to be time to wait until the keys may be fetched again.
 */
const cooldownMs = 1_000;

/** How many deliveries with an unknown key id may wait for that. Strangers can send them. */
const maxWaiting = 32;

/**
 * Verifies `X-FusionAuth-Signature-JWT`: a JWT that names the hash of the body it was sent with.
 * @see https://fusionauth.io/docs/extend/events-and-webhooks/signing
 */
export class BodySignature {
  readonly #kind: SigningKey['kind'];
  readonly #findKey: JWTVerifyGetKey;
  /** The published keys; null where there is a shared secret instead. */
  readonly #keys: KeySet | null;
  readonly #maxWaitMs: number;
  #waiting = 0;

  constructor(
    key: SigningKey,
    private readonly clock: Clock,
    private readonly clockToleranceSeconds: number,
  ) {
    this.#kind = key.kind;
    this.#maxWaitMs = key.kind === 'jwks' ? key.maxWaitMs : 0;
    if (key.kind === 'hmac') {
      // The bytes of the text, as fusionauth-jwt takes them, also where it looks like Base64.
      const secret = new TextEncoder().encode(key.secret);
      this.#findKey = async () => secret;
      this.#keys = null;
      return;
    }
    this.#keys = createKeySet(keySetUrlOf(key.fusionAuthUrl), { fetchTimeoutMs: key.fetchTimeoutMs, cooldownMs });
    this.#findKey = this.#keys;
  }

  /**
   * Fetches the keys before a delivery has to be verified with them.
   * @param onFailure Called when they cannot be had.
   * @returns a disposable that stops it; null where there is a shared secret.
   */
  keepKeysFresh(onFailure: (cause: unknown) => void): Disposable | null {
    return this.#keys === null ? null : keepFresh(this.#keys, onFailure);
  }

  /** Finds out which body was signed before the body is read, because one that nobody signed need not be. */
  async check(jwt: string): Promise<SignatureCheck> {
    if (jwt.length > maxTokenLength) return { kind: 'refused' };
    const keys = this.#keys;
    // A key id that is not among keys that were just fetched, or are being fetched, may be newer than they are.
    const mayBeNewer = keys !== null && (keys.coolingDown || keys.reloading);
    const check = await this.#checkWithKeysAtHand(jwt);
    if (check.kind !== 'unknownKey') return check;
    if (!mayBeNewer) return { kind: 'refused' };
    if (this.#waiting >= maxWaiting) return { kind: 'unavailable', cause: check.cause };
    this.#waiting++;
    try {
      const failure = await failureWithin(keys.fetchAfterCooldown(), this.#maxWaitMs);
      if (failure !== null) return { kind: 'unavailable', cause: failure };
      const again = await this.#checkWithKeysAtHand(jwt);
      return again.kind === 'unknownKey' ? { kind: 'refused' } : again;
    } finally {
      this.#waiting--;
    }
  }

  async #checkWithKeysAtHand(jwt: string): Promise<SignatureCheck | UnknownKey> {
    try {
      const { payload } = await verifyJwt(jwt, this.#findKey, {
        algorithms: algorithms[this.#kind],
        // FusionAuth sets neither `exp` nor `nbf`. Should it ever, they count.
        clockTolerance: this.clockToleranceSeconds,
        currentDate: new Date(this.clock.now()),
      });
      const bodySha256 = signedHashIn(payload);
      return bodySha256 === null ? { kind: 'refused' } : { kind: 'signed', bodySha256 };
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return { kind: 'unknownKey', cause: error };
      return isAboutTheToken(error) ? { kind: 'refused' } : { kind: 'unavailable', cause: error };
    }
  }
}

/** @returns the reason why the work failed, or did not end in time; null when it is done. */
async function failureWithin(work: Promise<void>, maxWaitMs: number): Promise<unknown> {
  const done = work.then(
    () => null,
    (failure: unknown) => failure,
  );
  const failure = await within(done, maxWaitMs);
  return failure === undefined ? new Error(`No newer keys within ${maxWaitMs} ms`) : failure;
}

/**
 * Null for other JWTs of FusionAuth. It may sign access tokens with the same key, and those, whose claims a lambda can
 * add to, always have a subject.
 * @see RFC 8725 section 3.12
 */
function signedHashIn(payload: JWTPayload): string | null {
  const hash = payload['request_body_sha256'];
  return typeof hash === 'string' && payload.sub === undefined ? hash : null;
}
