import { type AfterLoginResult, type Attempt, attemptOf } from './after-login.js';
import { afterLoginDocument } from './documents.js';

export type {
  AfterLoginResult,
  Incomplete,
  Kept,
  NotLive,
  Rejected,
  Superseded,
  Warning,
} from './after-login.js';

export interface SessionsClientOptions {
  /** Where fusionauth-sessions listens, without `/graphql`, such as `https://sessions.internal.example`. */
  readonly serviceUrl: string;
  /** A service key with the permission `session:enforce`. */
  readonly serviceKey: string;
  /** The tenant of the users, for a key that may act in several: a UUID. Default: the one of the key. */
  readonly tenantId?: string | undefined;
  /** How long a call may take, every attempt and wait included (in milliseconds). Default is 5000 (5 seconds). */
  readonly timeoutMs?: number | undefined;
  /** How long one attempt may take (in milliseconds). Default is 2500. */
  readonly attemptTimeoutMs?: number | undefined;
  /** How many attempts there are at most. Default is 5. */
  readonly maxAttempts?: number | undefined;
  /** The longest wait before the second attempt (in milliseconds); it doubles with each one after. Default is 200. */
  readonly retryBaseMs?: number | undefined;
  /** The function that sends requests. Default: the `fetch` of the platform. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

export interface AfterLogin {
  /** The user who has signed in: a UUID, the `sub` of the access token. */
  readonly userId: string;
  /** The session that the login has made: `refreshTokenId`, `refresh_token_id`, or the `sid` of the access token. */
  readonly sessionId?: string | undefined;
  /** Only sessions of this application count and end: a UUID. Default: those of all applications. */
  readonly applicationId?: string | undefined;
  /** Gives up when aborted. The result is `incomplete` then. */
  readonly signal?: AbortSignal | undefined;
}

export interface SessionsClient {
  /**
   * Ends the user's other sessions after a login, with retries. Never rejects, and resolves within `timeoutMs`: look at
   * `result`. It is safe to call again, also at the same moment.
   */
  afterLogin(login: AfterLogin): Promise<AfterLoginResult>;
}

/** The longest answer that is read, in bytes. A longer one counts as malformed. */
const maxAnswerBytes = 1_000_000;
const maxWaitMs = 5_000;
/** When to call again after an attempt without Retry-After, in seconds. */
const defaultRetryAfterSeconds = 5;

/**
 * Makes a client for services that call after each login. It needs only `fetch`.
 *
 * @example
 *
 * ```ts
 * const sessions = createSessionsClient({ serviceUrl: 'https://sessions.internal.example', serviceKey });
 * const outcome = await sessions.afterLogin({ userId, sessionId: login.refreshTokenId });
 * if (outcome.result === 'superseded') return signOut();
 * ```
 *
 * @throws TypeError when an option is wrong.
 */
export function createSessionsClient(options: SessionsClientOptions): SessionsClient {
  const settings = settingsOf(options ?? {});
  return { afterLogin: (login) => afterLogin(settings, login) };
}

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(options: Partial<SessionsClientOptions>) {
  const { serviceUrl = '', serviceKey, tenantId, timeoutMs = 5_000, attemptTimeoutMs = 2_500 } = options;
  const { maxAttempts = 5, retryBaseMs = 200, fetch = (url, init) => globalThis.fetch(url, init) } = options;
  const problems = [
    ...(isPlainUrl(serviceUrl)
      ? []
      : ['serviceUrl must be a text: an http or https URL without white space, credentials, query and fragment']),
    ...(typeof serviceKey === 'string' && /^[\x21-\x7e]+$/.test(serviceKey)
      ? []
      : ['serviceKey must be a text of visible ASCII characters']),
    ...(tenantId === undefined || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(tenantId)
      ? []
      : ['tenantId must be a UUID']),
    ...(typeof fetch === 'function' ? [] : ['fetch must be a function']),
    ...Object.entries({ timeoutMs, attemptTimeoutMs, maxAttempts, retryBaseMs })
      .filter(([, value]) => !Number.isInteger(value) || value < 1 || value > 2 ** 31 - 1)
      .map(([name]) => `${name} must be a whole number from 1`),
  ];
  if (problems.length > 0) throw new TypeError(`createSessionsClient: ${problems.join('; ')}`);
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    authorization: `Bearer ${serviceKey}`,
    ...(tenantId === undefined ? {} : { 'x-fusionauth-tenantid': tenantId }),
  };
  return {
    url: `${serviceUrl.replace(/\/+$/, '')}/graphql`,
    headers,
    timeoutMs,
    attemptTimeoutMs,
    maxAttempts,
    retryBaseMs,
    fetch,
  };
}

/** Calls come from JavaScript, too. */
function isPlainUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\/[^\s?#@]+$/i.test(value) && URL.canParse(value);
}

async function afterLogin(settings: Settings, given: AfterLogin | null | undefined): Promise<AfterLoginResult> {
  const { signal, ...login } = given ?? { userId: '' };
  const message = problemOf(login, signal);
  if (message !== null) return { result: 'rejected', code: 'BAD_USER_INPUT', message, requestId: null };
  const { timeoutMs, maxAttempts, retryBaseMs } = settings;
  const startedAt = performance.now();
  const remainingMs = () => timeoutMs - (performance.now() - startedAt);
  let endedCount = 0;
  for (let number = 1; ; number++) {
    const attempt = await attemptOnce(settings, login, remainingMs(), signal);
    if (attempt.kind === 'done') {
      const { result } = attempt;
      return result.result === 'kept' ? { ...result, endedCount: endedCount + result.endedCount } : result;
    }
    endedCount += attempt.endedCount;
    const backOffMs = Math.random() * Math.min(maxWaitMs, retryBaseMs * 2 ** Math.min(number - 1, 20));
    const waitMs = Math.max(attempt.retryAfterMs, backOffMs);
    if (number >= maxAttempts || waitMs >= remainingMs() || signal?.aborted === true) {
      const { code, message, requestId, retryAfterMs } = attempt;
      const retryAfterSeconds = Math.ceil(retryAfterMs / 1_000) || defaultRetryAfterSeconds;
      return { result: 'incomplete', code, message, endedCount, retryAfterSeconds, requestId };
    }
    await wait(waitMs, signal);
  }
}

/** The fault of the arguments; null without one. Calls come from JavaScript, too, and must not reject. */
function problemOf({ userId, sessionId, applicationId }: AfterLogin, signal: unknown): string | null {
  if (typeof userId !== 'string' || userId === '') return 'userId must be the id of a user: a UUID.';
  const isId = (value: unknown) => value === undefined || value === null || typeof value === 'string';
  if (!isId(sessionId)) return 'sessionId must be the id of a session, a UUID, or left out.';
  if (!isId(applicationId)) return 'applicationId must be the id of an application, a UUID, or left out.';
  return signal == null || isSignal(signal) ? null : 'signal must be an AbortSignal, or left out.';
}

/** Also one that stands in for the class of the platform. */
function isSignal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}

async function attemptOnce(
  { url, headers, attemptTimeoutMs, fetch }: Settings,
  { userId, sessionId, applicationId }: AfterLogin,
  remainingMs: number,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const body = JSON.stringify({ query: afterLoginDocument, variables: { userId, sessionId, applicationId } });
  const over = new AbortController();
  const giveUp = () => over.abort();
  const timer = setTimeout(giveUp, Math.max(1, Math.min(attemptTimeoutMs, remainingMs)));
  signal?.addEventListener('abort', giveUp, { once: true });
  const ask = async () => {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: over.signal });
    return attemptOf(response.status, response.headers.get('retry-after'), await textOf(response));
  };
  // Rejects on abort even if `fetch` does not, as a replacement of the platform's may not.
  const aborted = new Promise<never>((_, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason), { once: true });
  });
  if (signal?.aborted === true) giveUp();
  try {
    return await Promise.race([ask(), aborted]);
  } catch (error) {
    const [code, message] = over.signal.aborted
      ? ['TIMEOUT', 'The service did not answer in time.']
      : ['UNREACHABLE', `The service could not be reached at ${url}: ${reasonOf(error)}`];
    return { kind: 'again', code, message, endedCount: 0, retryAfterMs: 0, requestId: null };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

/** `fetch` says only that it failed, and keeps the reason in its cause, as a code where a host has several addresses. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(reason instanceof Error)) return 'unknown';
  return reason.message.trim() || ('code' in reason ? `${reason.code}` : reason.name);
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  // Not every platform's stream can be iterated.
  for (const reader = body?.getReader(); reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxAnswerBytes) {
      await reader.cancel();
      return '';
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function wait(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    signal?.addEventListener('abort', done, { once: true });
  });
}
