import { randomBytes } from 'node:crypto';
import { EncryptJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SealedCookies } from '../../../src/auth/console/sealed-cookies.js';
import {
  ConsolePerson,
  consoleClientId,
  cookieKey,
  startTestConsole,
  type TestConsole,
} from '../../support/console.js';

const viewer = '{ viewer { displayName } }';
const name = 'fusionauth-sessions-console';

const leeId = 'b0000000-0000-4000-8000-000000000012';

let service: TestConsole;
let person: ConsolePerson;

beforeAll(async () => {
  service = await startTestConsole();
});

beforeEach(async () => {
  person = new ConsolePerson(service);
  await person.signIn();
});

afterAll(() => service[Symbol.asyncDispose]());

/** Cookies by this key, with the clock of the test. */
const sealedBy = (byte: number, clientId = consoleClientId) =>
  new SealedCookies({ keys: [Buffer.alloc(32, byte)], clientId, now: () => service.emulator.clock.now() });

describe('the cookie of the console', () => {
  it('is hidden from scripts, sent to this site alone, and says nothing of what it holds', async () => {
    const jar = new ConsolePerson(service);
    const callback = await jar.authorize('sasha@example.com');
    const lines = (await jar.jar.fetch(callback)).headers.getSetCookie();
    const [line = ''] = lines.filter((one) => one.startsWith(`${name}=`));
    expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const value = line.slice(name.length + 1).split(';')[0] ?? '';
    const [header = ''] = value.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: expect.any(String),
    });
    expect(Buffer.from(value, 'base64url').toString()).not.toMatch(/eyJ.*eyJ|sasha/);
    expect(line.length).toBeLessThan(4_096);
    expect(JSON.stringify(service.logs)).not.toContain(value.slice(-40));
  });

  it.each([
    ['without the header of the console', { 'x-fusionauth-sessions-console': undefined }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }],
    ['with the origin of another site', { origin: 'https://evil.example' }],
    ['with the origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['with a hidden origin', { origin: 'null' }],
    ['without either', { origin: undefined, 'sec-fetch-site': undefined }],
    ['of a page that shows another person', { 'x-fusionauth-sessions-console-person': leeId }],
  ])('opens nothing to a request %s', async (_what, changed) => {
    const answer = await send(person.cookie ?? '', changed);
    expect([answer.status, await answer.json()]).toMatchObject([
      401,
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
  });

  it.each(['/graphql', '/graphql/stream'])('opens nothing to GET %s', async (path) => {
    const answer = await fetch(`${service.url}${path}?query=${encodeURIComponent(viewer)}`, {
      headers: {
        cookie: `${name}=${person.cookie}`,
        'x-fusionauth-sessions-console': '1',
        'sec-fetch-site': 'same-origin',
        accept: 'text/event-stream',
      },
    });
    expect(answer.status).toBe(401);
    await answer.arrayBuffer();
  });

  it.each([
    ['an empty one', async () => ''],
    ['random bytes', async () => randomBytes(900).toString('base64url')],
    ['one of 100,000 characters', async () => 'x'.repeat(12_000)],
    ['the access token itself', async () => (await service.user().login(service.shop.id)).token],
    ['one with a byte changed', async () => flipped(person.cookie ?? '')],
    ['one without its end', async () => (person.cookie ?? '').slice(0, -1)],
    ['one by another key', () => sealedBy(2).seal('session', content(), later())],
    ['one for another application', () => sealedBy(1, service.shop.id).seal('session', content(), later())],
    ['one of a sign-in under way', () => sealedBy(1).seal('login', content(), later())],
    ['one that has expired', () => sealedBy(1).seal('session', content(), service.emulator.clock.now() - 1_000)],
    ['one without tokens', () => sealedBy(1).seal('session', {}, later())],
    [
      'one with an access token that is none',
      () => sealedBy(1).seal('session', { ...content(), accessToken: 'x.y.z' }, later()),
    ],
    ['one that is not encrypted', async () => `${encoded({ alg: 'none' })}.${encoded(content())}.`],
    ['one by the algorithm of its own choice', () => byAnotherAlgorithm()],
  ])('is not accepted: %s', async (_what, make) => {
    const answer = await send(await make());
    expect([401, 431]).toContain(answer.status);
    await answer.arrayBuffer();
  });

  it('counts once: of two, neither is taken', async () => {
    const own = person.cookie ?? '';
    const other = new ConsolePerson(service);
    await other.signIn('lee@example.com');
    for (const pair of [`${name}=${own}; ${name}=${other.cookie}`, `${name}=; ${name}=${own}`]) {
      const answer = await send('', {}, pair);
      expect(answer.status).toBe(401);
      await answer.arrayBuffer();
    }
    // Among any number of others it is found.
    const stuffed = [...Array.from({ length: 150 }, (_, index) => `c${index}=${'x'.repeat(20)}`), `${name}=${own}`];
    expect((await send('', {}, stuffed.join('; '))).status).toBe(200);
  });

  it('is ignored where a request has an Authorization header', async () => {
    const answer = await person.query(viewer, { authorization: `Bearer ${service.key(['session:read'])}` });
    expect(answer.body).toMatchObject({ data: { viewer: { displayName: expect.stringMatching(/^test-/) } } });
    expect((await person.query(viewer, { authorization: 'Bearer wrong' })).status).toBe(401);
  });

  it('gives pages of other origins nothing to read, also where CORS lets them call', async () => {
    const origin = 'https://frontend.example.com';
    await using other = await startTestConsole({ beside: service, env: { CORS_ORIGINS: origin } });
    const preflight = await other.fetch('/graphql', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-fusionauth-sessions-console',
      },
    });
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    expect(preflight.headers.get('access-control-allow-headers') ?? '').not.toContain('x-fusionauth-sessions-console');
  });

  it.each([
    {},
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site' },
  ])('signs nobody out for a request with %j', async (headers) => {
    const answer = await person.signOut(headers as Record<string, string>);
    expect(answer.status).toBe(403);
    expect((await person.query(viewer)).status).toBe(200);
  });
});

function send(
  cookie: string,
  changed: Readonly<Record<string, string | undefined>> = {},
  header = `${name}=${cookie}`,
) {
  const headers = {
    'content-type': 'application/json',
    'x-fusionauth-sessions-console': '1',
    'sec-fetch-site': 'same-origin',
    origin: new URL(service.consoleUrl).origin,
    ...changed,
    cookie: header,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return fetch(`${service.url}/graphql`, { method: 'POST', headers: given, body: JSON.stringify({ query: viewer }) });
}

const later = () => service.emulator.clock.now() + 600_000;

function content() {
  const now = service.emulator.clock.now();
  return { accessToken: 'a.b.c', refreshToken: 'r', signedInAt: now, usedAt: now };
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The same key, wrapped around one of the sender's choice. */
function byAnotherAlgorithm(): Promise<string> {
  return new EncryptJWT(content())
    .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', kid: 'any' })
    .setAudience('session')
    .setIssuer(consoleClientId)
    .setExpirationTime('10m')
    .encrypt(Buffer.from(cookieKey(1), 'base64url'));
}

function flipped(cookie: string): string {
  const at = cookie.length - 40;
  return `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`;
}
