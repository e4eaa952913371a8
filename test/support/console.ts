import { demoAccessTokens } from '../../src/config/console.js';
import { addDemoConsole } from '../../src/emulator/demo-console.js';
import { unusedUrl } from './raw-server.js';
import { startTestService, type TestService, type TestServiceOptions } from './service.js';

export const consoleClientId = 'a0000000-0000-4000-8000-0000000000cc';
const consoleClientSecret = 'the-secret-of-the-console';

/** A key of the cookie, made of one byte. */
export const cookieKey = (byte: number) => Buffer.alloc(32, byte).toString('base64url');

export interface TestConsole extends TestService {
  /** Where the console is, without a slash at the end. */
  readonly consoleUrl: string;
}

export interface TestConsoleOptions extends TestServiceOptions {
  /** Whose port it takes over. Default: one of its own. */
  readonly consoleUrl?: string;
}

/** A service with a console, to which the people of the demo sign in. */
export async function startTestConsole({
  env = {},
  consoleUrl,
  ...options
}: TestConsoleOptions = {}): Promise<TestConsole> {
  const url = consoleUrl ?? `${await unusedUrl()}${env['BASE_PATH'] ?? ''}/console`;
  const roles = Object.fromEntries(
    [...demoAccessTokens.permissionsByRole].map(([role, permissions]) => [role, [...permissions]]),
  );
  const service = await startTestService({
    ...options,
    env: {
      PORT: new URL(url).port,
      CONSOLE_CLIENT_ID: consoleClientId,
      CONSOLE_CLIENT_SECRET: consoleClientSecret,
      CONSOLE_COOKIE_KEYS: cookieKey(1),
      PUBLIC_URL: url.replace(/\/console$/, ''),
      ACCESS_TOKEN_ISSUERS: 'acme.com',
      ACCESS_TOKEN_AUDIENCES: consoleClientId,
      ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles }),
      ...env,
    },
  });
  const { emulator } = service;
  if (!emulator.store.applications.has(consoleClientId)) {
    addDemoConsole(emulator, {
      clientId: consoleClientId,
      clientSecret: consoleClientSecret,
      redirectUrls: [`${url}/callback`, `${url}/`],
    });
  }
  return { ...service, consoleUrl: url };
}

/** What a browser keeps and sends by itself: cookies, by the host that set them. */
export class CookieJar {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** The cookies of a host, as `name=value`. */
  of(url: string): readonly string[] {
    return [...(this.#cookies.get(new URL(url).host) ?? [])].map(([name, value]) => `${name}=${value}`);
  }

  set(url: string, name: string, value: string): void {
    const { host } = new URL(url);
    const cookies = this.#cookies.get(host) ?? new Map<string, string>();
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
    this.#cookies.set(host, cookies);
  }

  /** One request, of which no redirect is followed. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookies = this.of(url);
    if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.set(url, name, /max-age=0/i.test(line) ? '' : value);
    }
    return response;
  }
}

const sessionCookieName = 'fusionauth-sessions-console';

/** Somebody at the console, by HTTP alone. */
export class ConsolePerson {
  readonly jar = new CookieJar();

  constructor(private readonly service: Pick<TestConsole, 'url' | 'consoleUrl' | 'emulator'>) {}

  /** The value of the cookie; undefined while signed out. */
  get cookie(): string | undefined {
    const start = `${sessionCookieName}=`;
    return this.jar
      .of(this.service.url)
      .find((cookie) => cookie.startsWith(start))
      ?.slice(start.length);
  }

  set cookie(value: string | undefined) {
    this.jar.set(this.service.url, sessionCookieName, value ?? '');
  }

  /** Begins to sign in, and signs in at FusionAuth. Answers the address of the callback. */
  async authorize(loginId: string): Promise<string> {
    const begun = await this.jar.fetch(`${this.service.consoleUrl}/login`);
    const authorization = begun.headers.get('location') ?? '';
    const form = new URLSearchParams(new URL(authorization).search);
    form.set('loginId', loginId);
    form.set('password', 'password');
    const answer = await this.jar.fetch(`${this.service.emulator.url}/oauth2/authorize`, {
      method: 'POST',
      body: form,
    });
    const callback = answer.headers.get('location');
    if (callback === null) throw new Error(`FusionAuth answered ${answer.status} ${await answer.text()}`);
    return callback;
  }

  /** Signs in. Answers where that leads. */
  async signIn(loginId = 'sasha@example.com'): Promise<string | null> {
    return (await this.jar.fetch(await this.authorize(loginId))).headers.get('location');
  }

  /** An operation, as the pages send it. */
  async query(query: string, headers: Readonly<Record<string, string>> = {}, variables: object = {}) {
    const response = await this.jar.fetch(`${this.service.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-fusionauth-sessions-console': '1',
        'sec-fetch-site': 'same-origin',
        origin: new URL(this.service.consoleUrl).origin,
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  signOut(headers: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' }): Promise<Response> {
    return this.jar.fetch(`${this.service.consoleUrl}/logout`, { method: 'POST', headers });
  }
}
