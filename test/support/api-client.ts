import type { Emulator } from '../../src/emulator/emulator.js';

interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The parsed body; throws when there is none. */
  json(): unknown;
}

interface ApiCall {
  /** Sent as JSON, or as a form when it is `URLSearchParams`. */
  readonly body?: unknown;
  /** The `Authorization` header. Default: the super key. Null: none. */
  readonly authorization?: string | null;
  readonly headers?: Record<string, string>;
}

/** Calls the emulator the way a plain HTTP client does. */
export async function callApi(
  emulator: Emulator,
  method: string,
  path: string,
  options: ApiCall = {},
): Promise<ApiAnswer> {
  const { body, authorization = emulator.apiKey, headers = {} } = options;
  const isForm = body instanceof URLSearchParams;
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(authorization === null ? {} : { authorization }),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, json: () => JSON.parse(text) };
}

/** Signs a user in through the Login API and returns the body. */
export async function signIn(
  emulator: Emulator,
  loginId: string,
  applicationId: string,
  members: Record<string, unknown> = {},
): Promise<SignedIn> {
  const answer = await callApi(emulator, 'POST', '/api/login', {
    body: { loginId, password: 'password', applicationId, ...members },
  });
  return answer.json() as SignedIn;
}

export interface SignedIn {
  readonly token: string;
  readonly refreshToken: string;
  readonly refreshTokenId: string;
  readonly tokenExpirationInstant: number;
}
