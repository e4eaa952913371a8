import { pathMatcher } from './path-pattern.js';

/** One API call the emulator received. Holds no secret. */
export interface Call {
  readonly method: string;
  /** Without the query. A secret in it reads `[redacted]`. */
  readonly path: string;
  /** Values that are secrets read `[redacted]`. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** The `X-FusionAuth-TenantId` header. */
  readonly tenantId?: string;
  /** 0 until the call is answered, and for good when a fault keeps the answer back. */
  readonly status: number;
  /** The id, not the secret, of the API key that was accepted. */
  readonly apiKeyId?: string;
  readonly atMs: number;
}

/** What to count: a method, a path pattern as in {@link pathMatcher}, or any predicate. */
type CallFilter = ((call: Call) => boolean) | { readonly method?: string; readonly path?: string };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A call being handled, completed as its key and its status become known. */
export type OpenCall = Mutable<Call>;

const capacity = 10_000;

const secretParameters = new Set([
  'access_token',
  'changePasswordId',
  'client_secret',
  'code',
  'code_verifier',
  'id_token_hint',
  'oneTimePassword',
  'password',
  'refreshToken',
  'refresh_token',
  'token',
  'verificationId',
]);

/** The newest 10,000 calls, in order of arrival, also those a fault left unanswered. */
export class CallLog {
  #calls: OpenCall[] = [];

  /** Records a call on arrival, so that a client that has its answer always finds the call here. */
  open(call: Omit<Call, 'status'>): OpenCall {
    const opened: OpenCall = { ...call, path: redactPath(call.path), query: redact(call.query), status: 0 };
    this.#calls.push(opened);
    if (this.#calls.length >= 2 * capacity) {
      this.#calls = this.#calls.slice(-capacity);
    }
    return opened;
  }

  /** The recorded calls, oldest first. */
  all(): readonly Call[] {
    return this.#calls.slice(-capacity);
  }

  count(filter: CallFilter = {}): number {
    return this.all().filter(predicateOf(filter)).length;
  }

  clear(): void {
    this.#calls = [];
  }
}

function predicateOf(filter: CallFilter): (call: Call) => boolean {
  if (typeof filter === 'function') {
    return filter;
  }
  const { method, path } = filter;
  const matches = path === undefined ? () => true : pathMatcher(path);
  return (call) => (method === undefined || call.method === method) && matches(call.path);
}

/** A change-password id lets whoever knows it choose the password. */
function redactPath(path: string): string {
  return path.replace(/^(\/api\/user\/change-password\/).+$/, '$1[redacted]');
}

function redact(query: Call['query']): Call['query'] {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, secretParameters.has(name) ? '[redacted]' : value]),
  );
}
