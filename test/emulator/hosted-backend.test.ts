import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application } from '../../src/emulator/store/records.js';

const home = 'https://app.example/';
const other = 'https://app.example/other';

let emulator: Emulator;
let shop: Application;

beforeAll(async () => {
  emulator = await startEmulator();
  shop = emulator.store.addApplication({
    name: 'Shop',
    oauthConfiguration: {
      authorizedRedirectURLs: [home, other],
      proofKeyForCodeExchangePolicy: 'Required',
      logoutURL: 'https://app.example/bye',
    },
  });
  emulator.store.addUser({ email: 'alice@app.example', password: 'password', applicationIds: [shop.id] });
});

afterAll(() => emulator[Symbol.asyncDispose]());

/** A browser without scripts: it keeps cookies and follows no redirect by itself. */
class Visitor {
  readonly cookies = new Map<string, string>();

  async get(path: string): Promise<Response> {
    return this.#send('GET', path);
  }

  async post(path: string, form: Record<string, string> = {}): Promise<Response> {
    return this.#send('POST', path, new URLSearchParams(form));
  }

  async #send(method: string, path: string, body?: URLSearchParams): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const url = new URL(path, emulator.url);
    const answer = await fetch(url, {
      method,
      headers: { cookie },
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Signs Alice in on the page to which `/app/login` leads; the URL that the callback then leads to. */
  async signIn(path: string): Promise<string> {
    const callback = await this.callbackAfter(path);
    return (await this.get(callback)).headers.get('location') ?? '';
  }

  async callbackAfter(path: string): Promise<string> {
    const start = new URL((await this.get(path)).headers.get('location') ?? '', emulator.url);
    const form = { ...Object.fromEntries(start.searchParams), loginId: 'alice@app.example', password: 'password' };
    return (await this.post(start.pathname, form)).headers.get('location') ?? '';
  }
}

describe('/app/login', () => {
  it('takes the client from the path and leads to its first redirect address unless told otherwise', async () => {
    expect(await new Visitor().signIn(`/app/login/${shop.id}`)).toBe(home);
    const query = new URLSearchParams({ redirect_uri: other, state: 'x=1&y' });
    expect(await new Visitor().signIn(`/app/login/${shop.id}?${query}`)).toBe(`${other}?state=x%3D1%26y`);
  });

  it('gives the cookies that the scope asks for', async () => {
    const all = new Visitor();
    await all.signIn(`/app/login/${shop.id}`);
    expect([...all.cookies.keys()].sort()).toEqual(['app.at', 'app.at_exp', 'app.idt', 'app.rt']);
    const few = new Visitor();
    await few.signIn(`/app/login/${shop.id}?scope=email`);
    expect([...few.cookies.keys()].sort()).toEqual(['app.at', 'app.at_exp']);
    const expiry = Number(few.cookies.get('app.at_exp'));
    expect(expiry).toBeCloseTo(emulator.clock.now() / 1_000 + 3_600, -1);
  });

  it.each([
    ['an unknown client', '/app/login/00000000-0000-0000-0000-000000000099'],
    ['no client', '/app/login'],
    ['an address that is not authorized', () => `/app/login/${shop.id}?redirect_uri=https%3A%2F%2Fevil.example`],
  ])('shows %s a page', async (_name, path) => {
    const answer = await new Visitor().get(typeof path === 'string' ? path : path());
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await answer.text()).toContain('An error has occurred');
  });
});

describe('/app/callback', () => {
  it('signs only the browser in that began, whatever link it is led to', async () => {
    const callback = await new Visitor().callbackAfter(`/app/login/${shop.id}`);
    const victim = new Visitor();
    const answer = await victim.get(callback);
    expect([answer.status, [...victim.cookies.keys()]]).toEqual([200, []]);
  });

  it('leads nowhere that the client does not authorize, whatever the state says', async () => {
    const visitor = new Visitor();
    const callback = new URL(await visitor.callbackAfter(`/app/login/${shop.id}`));
    const forged = JSON.stringify({ c: shop.id, r: 'https://evil.example/' });
    callback.searchParams.set('state', Buffer.from(forged).toString('base64url'));
    const answer = await visitor.get(callback.href);
    expect([answer.status, answer.headers.get('location')]).toEqual([200, null]);
    expect((await visitor.get('/app/callback?code=x&state=nonsense')).status).toBe(200);
  });

  it('is no redirect address of somebody else', async () => {
    const query = new URLSearchParams({
      client_id: shop.id,
      redirect_uri: 'https://evil.example/app/callback',
      response_type: 'code',
      code_challenge: 'x',
      code_challenge_method: 'S256',
    });
    expect((await new Visitor().get(`/oauth2/authorize?${query}`)).status).toBe(400);
  });
});

describe('/app/me and /app/refresh', () => {
  it('live by the cookies alone', async () => {
    const visitor = new Visitor();
    expect((await visitor.get('/app/me')).status).toBe(401);
    expect((await visitor.post(`/app/refresh/${shop.id}`)).status).toBe(400);
    await visitor.signIn(`/app/login/${shop.id}`);
    expect(await (await visitor.get('/app/me/')).json()).toMatchObject({ email: 'alice@app.example' });

    const before = visitor.cookies.get('app.at');
    emulator.clock.advance(2_000);
    expect((await visitor.post(`/app/refresh/?client_id=${shop.id}`)).status).toBe(200);
    expect(visitor.cookies.get('app.at')).not.toBe(before);
  });

  it('refuse a refresh to an application without that grant', async () => {
    const visitor = new Visitor();
    await visitor.signIn(`/app/login/${shop.id}`);
    shop.oauthConfiguration.enabledGrants = ['authorization_code'];
    expect((await visitor.post(`/app/refresh/${shop.id}`)).status).toBe(400);
    shop.oauthConfiguration.enabledGrants = ['authorization_code', 'refresh_token'];
  });
});

describe('/app/logout', () => {
  it('removes the cookies and leads by /oauth2/logout to the logout address, or to one that is authorized', async () => {
    const visitor = new Visitor();
    await visitor.signIn(`/app/login/${shop.id}`);
    const answer = await visitor.get(`/app/logout/${shop.id}`);
    expect([...visitor.cookies.keys()]).toEqual([]);
    const end = await visitor.get(answer.headers.get('location') ?? '');
    expect(end.headers.get('location')).toBe('https://app.example/bye');

    const named = await visitor.get(`/app/logout/${shop.id}?redirect_uri=${encodeURIComponent(other)}`);
    expect((await visitor.get(named.headers.get('location') ?? '')).headers.get('location')).toBe(other);
  });
});

describe('/app/register', () => {
  it('leads to the login page where self-service registration is off', async () => {
    const visitor = new Visitor();
    const first = await visitor.get(`/app/register/${shop.id}`);
    const second = await visitor.get(first.headers.get('location') ?? '');
    expect(second.headers.get('location')).toMatch(/^\/oauth2\/authorize\?/);
  });
});
