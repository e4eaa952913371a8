/** The outcome of limiting the sessions of a user after a login. */
export type AfterLoginResult = Kept | Superseded | NotLive | Incomplete | Rejected;

/** The session stays, and all others that the limit is about have ended. */
export interface Kept {
  readonly result: 'kept';
  /** How many other sessions have ended. */
  readonly endedCount: number;
  /** Warnings, such as about SSO sessions that stay. */
  readonly warnings: readonly Warning[];
}

/** A newer login has taken its place, and it has ended: treat the user as signed out here. */
export interface Superseded {
  readonly result: 'superseded';
}

/**
 * The session is not a live session of this user: it has ended meanwhile, or the id is wrong. Nothing was ended.
 * Without a `sessionId`: the user has no session, perhaps because refresh tokens are switched off in FusionAuth.
 */
export interface NotLive {
  readonly result: 'notLive';
}

/**
 * The limit could not be fully enforced in time: other sessions may still live. Let the user in, and call again later,
 * for example by a job; the next login does the same.
 */
export interface Incomplete {
  readonly result: 'incomplete';
  /** Why the last attempt failed: a code of the service, `TIMEOUT`, or `UNREACHABLE`. */
  readonly code: string;
  /** Why the last attempt failed, for logs: in the words of the service, or why it was not reached. */
  readonly message: string;
  /** How many other sessions have ended. */
  readonly endedCount: number;
  /** When to call again, in seconds: an hour at most. */
  readonly retryAfterSeconds: number;
  /** The request id under which the service has logged the cause; null when it was not reached. */
  readonly requestId: string | null;
}

/** The service refuses the call, and calling again changes nothing: somebody has to mend the key or the arguments. */
export interface Rejected {
  readonly result: 'rejected';
  /** A code of the service, such as `UNAUTHENTICATED` or `FORBIDDEN`. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** The outcome of one attempt. */
export type Attempt =
  | { readonly kind: 'done'; readonly result: Exclude<AfterLoginResult, Incomplete> }
  | {
      /** Worth another attempt. */
      readonly kind: 'again';
      readonly code: string;
      readonly message: string;
      readonly endedCount: number;
      readonly retryAfterMs: number;
      readonly requestId: string | null;
    };

const retryableCodes = [
  'RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'HELD_BY_ANOTHER_CALL',
  'INTERNAL_SERVER_ERROR',
];

const noReason = 'The service gave no reason.';

/** Reads an answer of the service. A malformed one is worth another attempt, because a proxy may have sent it. */
export function attemptOf(status: number, retryAfter: string | null, text: string): Attempt {
  const body = objectIn(parsed(text));
  const [error] = listIn(body['errors']).map(objectIn);
  const extensions = objectIn(error?.['extensions']);
  const requestId = textIn(extensions['requestId']);
  const again = (code: string, message = noReason, endedCount = 0): Attempt => ({
    kind: 'again',
    code,
    message,
    endedCount,
    retryAfterMs: 1_000 * Math.max(secondsIn(retryAfter), secondsIn(extensions['retryAfterSeconds'])),
    requestId,
  });
  if (error !== undefined) {
    const code = textIn(extensions['code']) ?? `HTTP_${status}`;
    const message = textIn(error['message']) ?? noReason;
    if (retryableCodes.includes(code) || status >= 500 || status === 429) return again(code, message);
    return { kind: 'done', result: { result: 'rejected', code, message, requestId } };
  }
  const payload = objectIn(objectIn(body['data'])['enforceSingleSession']);
  const endedCount = typeof payload['revokedCount'] === 'number' ? payload['revokedCount'] : 0;
  switch (payload['outcome']) {
    case 'ENFORCED':
    case 'WITHIN_LIMIT':
      return { kind: 'done', result: { result: 'kept', endedCount, warnings: warningsIn(payload['warnings']) } };
    case 'SUPERSEDED':
      return { kind: 'done', result: { result: 'superseded' } };
    case 'NO_SESSIONS':
      return { kind: 'done', result: { result: 'notLive' } };
    case 'PARTIAL': {
      const [failure] = listIn(payload['failures']).map(objectIn);
      const [warning] = warningsIn(payload['warnings']);
      if (failure === undefined && warning !== undefined) return again(warning.code, warning.message, endedCount);
      return again(textIn(failure?.['code']) ?? 'PARTIAL', 'Some sessions could not be ended.', endedCount);
    }
    case null:
      return ofUserError(objectIn(listIn(payload['userErrors'])[0]), again);
    default:
      return again(`HTTP_${status}`, 'The answer is not one of the service: a proxy may have sent it.');
  }
}

/** The outcome when the service attempted nothing. */
function ofUserError(userError: Json, again: (code: string, message: string) => Attempt): Attempt {
  const code = textIn(userError['code']) ?? 'UNKNOWN';
  if (code === 'KEEP_SESSION_NOT_LIVE') return { kind: 'done', result: { result: 'notLive' } };
  const message = textIn(userError['message']) ?? noReason;
  if (retryableCodes.includes(code)) return again(code, message);
  return { kind: 'done', result: { result: 'rejected', code, message, requestId: null } };
}

type Json = Readonly<Record<string, unknown>>;

function warningsIn(value: unknown): readonly Warning[] {
  return listIn(value)
    .map(objectIn)
    .map(({ code, message }) => ({ code: textIn(code) ?? '', message: textIn(message) ?? '' }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectIn(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The longest pause that callers are told of, in seconds: an hour. A longer one is a mistake of its sender. */
const maxRetryAfterSeconds = 3_600;

/**
 * Reads Retry-After; 0 for a value that is neither a number of seconds nor an HTTP-date. @see RFC 9110 section 10.2.3
 */
function secondsIn(value: unknown): number {
  const isDate = typeof value === 'string' && value.endsWith('GMT');
  const seconds = isDate ? (Date.parse(value) - Date.now()) / 1_000 : Number(value);
  return seconds > 0 ? Math.min(seconds, maxRetryAfterSeconds) : 0;
}
