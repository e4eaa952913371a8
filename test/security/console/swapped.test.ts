import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsolePerson, cookieKey, startTestConsole, type TestConsole } from '../../support/console.js';

const viewer = '{ viewer { displayName } }';
const sessionCookie = 'fusionauth-sessions-console';
const loginCookie = `${sessionCookie}-login`;

let service: TestConsole;
/** Another replica at the same public address. */
let replica: TestConsole;

beforeAll(async () => {
  service = await startTestConsole();
  const { consoleUrl } = service;
  replica = await startTestConsole({ beside: service, consoleUrl, env: { PORT: '0' } });
});

afterAll(async () => {
  await replica[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const failed = () => expect.stringMatching(`^${service.consoleUrl}/\\?sign-in=failed&request=`);
const location = (response: Response) => response.headers.get('location');
const tokenCalls = () => service.emulator.calls.all().filter(({ path }) => path === '/oauth2/token').length;

async function signedIn(loginId: string): Promise<ConsolePerson> {
  const person = new ConsolePerson(service);
  await person.signIn(loginId);
  return person;
}

function loginCookieOf(person: ConsolePerson): string {
  const [cookie = ''] = person.jar.of(service.url).filter((one) => one.startsWith(`${loginCookie}=`));
  return cookie.slice(loginCookie.length + 1);
}

async function statusWith(cookie: string, at = service): Promise<number> {
  const person = new ConsolePerson({ ...at, consoleUrl: service.consoleUrl });
  person.jar.set(at.url, sessionCookie, cookie);
  return (await person.query(viewer)).status;
}

describe('cookies', () => {
  it('of two people make no third: each part belongs to the others', async () => {
    const [lee, sasha] = [await signedIn('lee@example.com'), await signedIn('sasha@example.com')];
    const [ofLee, ofSasha] = [(lee.cookie ?? '').split('.'), (sasha.cookie ?? '').split('.')];
    expect([ofLee.length, ofSasha.length]).toEqual([5, 5]);
    // The header and the empty key are the same in both; the rest is not.
    for (const taken of [[2], [3], [4], [2, 3], [2, 4], [3, 4]]) {
      const mixed = ofLee.map((part, index) => (taken.includes(index) ? ofSasha[index] : part)).join('.');
      expect([taken, await statusWith(mixed)]).toEqual([taken, 401]);
    }
    expect(await statusWith(ofLee.join('.'))).toBe(200);
  });

  it('open nothing with any one character changed, added or taken away', async () => {
    const { cookie = '' } = await signedIn('sasha@example.com');
    const change = fc.record({
      at: fc.nat(cookie.length - 1),
      how: fc.constantFrom('change', 'add', 'take'),
      by: fc.constantFrom('A', 'z', '_', '.', '='),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, how, by }) => {
        const kept = how === 'add' ? at : at + 1;
        const changed = `${cookie.slice(0, at)}${how === 'take' ? '' : by}${cookie.slice(kept)}`;
        // The last character of a part in base64url may hold bits that mean nothing.
        fc.pre(changed !== cookie && Buffer.compare(bytesOf(changed), bytesOf(cookie)) !== 0);
        expect(await statusWith(changed)).toBe(401);
      }),
      { numRuns: 60 },
    );
  });

  it('of a sign-in under way and of a person do not stand in for each other', async () => {
    const person = await signedIn('sasha@example.com');
    const callback = await person.authorize('sasha@example.com');
    const login = loginCookieOf(person);
    expect(await statusWith(login)).toBe(401);
    const before = tokenCalls();
    const other = new ConsolePerson(service);
    other.jar.set(service.url, loginCookie, person.cookie ?? '');
    expect(location(await other.jar.fetch(callback))).toEqual(failed());
    expect([other.cookie, tokenCalls()]).toEqual([undefined, before]);
  });

  it('open nothing once the key they were made with has been taken away, at any replica', async () => {
    const { cookie = '' } = await signedIn('sasha@example.com');
    const { consoleUrl } = service;
    const env = { PORT: '0', CONSOLE_COOKIE_KEYS: cookieKey(9) };
    await using later = await startTestConsole({ beside: service, consoleUrl, env });
    expect(await statusWith(cookie, later)).toBe(401);
    expect(await statusWith(cookie, replica)).toBe(200);
  });
});

describe('a sign-in', () => {
  it('that another tab of the browser has begun anew signs nobody in, and leaves alone whoever is signed in', async () => {
    const person = new ConsolePerson(service);
    const first = await person.authorize('lee@example.com');
    const second = await person.authorize('sasha@example.com');
    expect(location(await person.jar.fetch(second))).toBe(`${service.consoleUrl}/`);
    const { cookie } = person;
    expect(location(await person.jar.fetch(first))).toEqual(failed());
    expect(person.cookie).toBe(cookie);
    expect((await person.query(viewer)).body).toMatchObject({ data: { viewer: { displayName: 'Sasha Stone' } } });
  });

  it('cannot be completed with the code of another one: it was asked for by another verifier', async () => {
    const [victim, attacker] = [new ConsolePerson(service), new ConsolePerson(service)];
    const stolen = new URL(await victim.authorize('lee@example.com')).searchParams.get('code') ?? '';
    const own = new URL(await attacker.authorize('sasha@example.com'));
    own.searchParams.set('code', stolen);
    expect(location(await attacker.jar.fetch(own.href))).toEqual(failed());
    expect(attacker.cookie).toBeUndefined();
  });

  it('that takes longer than ten minutes is over, and FusionAuth is not asked', async () => {
    const person = new ConsolePerson(service);
    const callback = await person.authorize('sasha@example.com');
    service.emulator.clock.advance(600_000);
    const before = tokenCalls();
    expect(location(await person.jar.fetch(callback))).toEqual(failed());
    expect([person.cookie, tokenCalls()]).toEqual([undefined, before]);
  });

  it('is begun at one replica and completed at another, once', async () => {
    const person = new ConsolePerson(service);
    const callback = await person.authorize('sasha@example.com');
    const login = loginCookieOf(person);
    const completeAt = async (at: TestConsole) => {
      const there = new ConsolePerson(at);
      there.jar.set(at.url, loginCookie, login);
      return location(await there.jar.fetch(`${at.url}/console/callback${new URL(callback).search}`));
    };
    expect(await completeAt(replica)).toBe(`${service.consoleUrl}/`);
    expect(await completeAt(service)).toEqual(failed());
  });

  it.each(['POST', 'PUT', 'DELETE'])(
    'is not completed by %s, which pages of other sites can have browsers send',
    async (method) => {
      const person = new ConsolePerson(service);
      const callback = await person.authorize('sasha@example.com');
      const answer = await person.jar.fetch(callback, { method });
      expect([answer.status, person.cookie]).toEqual([405, undefined]);
      // Nor used up.
      expect(location(await person.jar.fetch(callback))).toBe(`${service.consoleUrl}/`);
    },
  );
});

const bytesOf = (cookie: string) =>
  Buffer.concat(cookie.split('.').flatMap((part) => [Buffer.from(part, 'base64url'), Buffer.from('.')]));
