import type { AcceptedToken, RefusedToken } from './decision.js';

/** An answer to a refused request. */
interface RefusalAnswer {
  readonly status: 401 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** When to try again after a 503, in seconds. */
const retryAfterSeconds = 5;

const description = 'The access token is expired, revoked or invalid';

/**
 * The answer to a refused request. It is the same for every fault of a token, so that its bearer learns nothing.
 * @see RFC 6750 section 3
 */
export function answerTo({ reason, status }: RefusedToken): RefusalAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  if (status === 503) {
    const body = JSON.stringify({ error: 'temporarily_unavailable' });
    return { status, headers: { ...headers, 'retry-after': String(retryAfterSeconds) }, body };
  }
  // Without a token there is no error to name.
  const isMissing = reason === 'missing';
  const challenge = isMissing ? 'Bearer' : `Bearer error="invalid_token", error_description="${description}"`;
  const body = isMissing ? { error: 'missing_token' } : { error: 'invalid_token', error_description: description };
  return { status, headers: { ...headers, 'www-authenticate': challenge }, body: JSON.stringify(body) };
}

const accepted = acceptedOfProcess();

/**
 * One for all copies of this module: a program whose parts are ES modules and CommonJS loads two of them, and bundlers
 * make more.
 */
function acceptedOfProcess(): WeakMap<object, AcceptedToken> {
  const place = Symbol.for('fusionauth-sessions-guard.accepted');
  const known: unknown = Reflect.get(globalThis, place);
  if (known instanceof WeakMap) return known;
  const made = new WeakMap<object, AcceptedToken>();
  Reflect.set(globalThis, place, made);
  return made;
}

/**
 * The token of a request that an adapter has accepted.
 *
 * @throws TypeError when the request has not passed a guard, so that a missing guard shows at once.
 */
export function acceptedToken(request: object): AcceptedToken {
  const token = accepted.get(request);
  if (token === undefined) throw new TypeError('The request has not passed a guard');
  return token;
}

export function rememberAccepted(request: object, token: AcceptedToken): void {
  accepted.set(request, token);
}
