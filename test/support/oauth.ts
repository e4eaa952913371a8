import { permissions } from '../../src/domain/caller.js';
import { shopId } from './access-tokens.js';
import type { TestService } from './service.js';
import { testServiceKeys } from './service-keys.js';

/** Variables under which a service knows the access tokens of an emulator for the shop. */
export const knownTokens = { OAUTH_ISSUERS: 'acme.com', OAUTH_AUDIENCES: shopId };

interface OAuthAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where there is no JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A client id and a secret, encoded as OAuth wants it. */
export function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

/** The name of the test key with exactly these permissions. */
export function nameOfKey(granted: readonly string[]): string {
  const wanted = [...granted].sort().join();
  const found = testServiceKeys().find((key) => [...key.permissions].sort().join() === wanted);
  if (found === undefined) throw new Error(`No test key for ${wanted}`);
  return found.name;
}

export interface PostOptions {
  /** Default: the service key with every permission, as a Bearer token. Null: none. */
  readonly authorization?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts a form to an OAuth endpoint. */
export async function postForm(
  service: Pick<TestService, 'fetch' | 'key'>,
  path: string,
  form: Readonly<Record<string, string>> | string,
  { authorization = `Bearer ${service.key(permissions)}`, headers = {} }: PostOptions = {},
): Promise<OAuthAnswer> {
  const response = await service.fetch(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === null ? {} : { authorization }),
      ...headers,
    },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
}
