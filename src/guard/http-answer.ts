import type { AcceptedToken, RefusedToken } from './decision.js';

/** An answer to a request whose token is refused. */
interface RefusalAnswer {
  readonly status: 401 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** When to try again after a 503, in seconds. */
const retryAfterSeconds = 5;

const description = 'The access token is expired, revoked or invalid';

/**
 * The answer is the same whatever is wrong with a token: its bearer learns nothing about it here.
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

const accepted = new WeakMap<object, AcceptedToken>();

/**
 * The token that an adapter has accepted with this request.
 *
 * @throws TypeError when the request has not passed a guard, so that forgetting to add it does not go unnoticed.
 */
export function acceptedToken(request: object): AcceptedToken {
  const token = accepted.get(request);
  if (token === undefined) throw new TypeError('The request has not passed a guard');
  return token;
}

export function rememberAccepted(request: object, token: AcceptedToken): void {
  accepted.set(request, token);
}
