import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId, signAsFusionAuth } from '../../support/access-tokens.js';
import { administratorClaims, expectAccepted, expectRefused, startTarget, type Target } from './attack.js';

/** A whole second, at which the clock stands still. */
const now = Date.parse('2030-06-01T12:00:00.000Z') / 1_000;
const toleranceSeconds = 5;

let target: Target;

beforeAll(async () => {
  target = await startTarget({ ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS: String(toleranceSeconds) });
  target.emulator.clock.set(now * 1_000);
  // The sessions of the victim must be live at that time.
  target.victim.addSession();
  target.victim.addSession();
});

afterAll(() => target[Symbol.asyncDispose]());

/** All of these are validly signed by FusionAuth. */
const tokenWith = (changes: Readonly<Record<string, unknown>>) =>
  signAsFusionAuth(target.emulator, administratorClaims(target.emulator, changes));

const expectRefusedWith = async (changes: Readonly<Record<string, unknown>>) =>
  expectRefused(target, `Bearer ${await tokenWith(changes)}`);

describe('the time of a token', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['that ends within the tolerance', { exp: now - toleranceSeconds + 1 }],
    ['that ends in a second', { exp: now + 1 }],
    ['that begins within the tolerance', { nbf: now + toleranceSeconds }],
    ['that begins now', { nbf: now }],
  ])('is right for one %s', async (_what, changes) => {
    await expectAccepted(target, await tokenWith(changes));
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['that ended as long ago as the tolerance', { exp: now - toleranceSeconds }],
    ['that ended a second longer ago than the tolerance', { exp: now - toleranceSeconds - 1 }],
    ['that ended long ago', { exp: 1 }],
    ['that never ends', { exp: undefined }],
    ['that ends at no number', { exp: 'never' }],
    ['that ends at a number in quotes', { exp: String(now + 3_600) }],
    ['that ends at null', { exp: null }],
    ['that begins a second after the tolerance', { nbf: now + toleranceSeconds + 1 }],
    ['that begins at no number', { nbf: 'now' }],
    ['that was never issued', { iat: undefined }],
    ['that was issued at no number', { iat: 'yesterday' }],
  ])('is wrong for one %s', async (_what, changes) => {
    await expectRefusedWith(changes);
  });

  it('is that of the service: a token expires while it is in use', async () => {
    const token = await tokenWith({ exp: now + 60 });
    await expectAccepted(target, token);
    target.emulator.clock.set((now + 60 + toleranceSeconds) * 1_000);
    await expectRefused(target, `Bearer ${token}`);
    target.emulator.clock.set(now * 1_000);
  });

  it('without any tolerance ends to the second', async () => {
    await using strict = await startTarget({ ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS: '0' });
    const { emulator } = strict;
    const sign = (exp: number) => signAsFusionAuth(emulator, administratorClaims(emulator, { exp }));
    emulator.clock.set(Date.now());
    const second = Math.floor(emulator.clock.now() / 1_000);
    await expectAccepted(strict, await sign(second + 1));
    await expectRefused(strict, `Bearer ${await sign(second)}`);
    await expectRefused(strict, `Bearer ${await sign(second - 1)}`);
  });
});

describe('a token for somebody else is refused', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['of another issuer', { iss: 'globex.com' }],
    ['of an issuer that begins like ours', { iss: 'acme.com.example' }],
    ['of an issuer with a slash', { iss: 'acme.com/' }],
    ['of an issuer in capitals', { iss: 'ACME.COM' }],
    ['of several issuers', { iss: ['acme.com'] }],
    ['of no issuer', { iss: undefined }],
    ['for another application', { aud: randomUUID() }],
    ['for several other applications', { aud: [randomUUID(), randomUUID()] }],
    ['for our application in capitals', { aud: shopId.toUpperCase() }],
    ['for our application among others in one text', { aud: `${shopId} ${randomUUID()}` }],
    ['for nobody', { aud: [] }],
    ['for everybody', { aud: '*' }],
    ['without an audience', { aud: undefined }],
    ['without a tenant', { tid: undefined }],
    ['of a tenant that is no id', { tid: 'acme' }],
    ['of several tenants', { tid: [randomUUID()] }],
    ['without a subject', { sub: undefined }],
    ['of an empty subject', { sub: '' }],
    ['of a user that is no id', { sub: 'admin' }],
    ['of a user with something behind the id', { sub: `${randomUUID()}/../${randomUUID()}` }],
    ['of a subject that is a number', { sub: 1 }],
    ['of a client whose subject is a number', { sub: 1, gty: ['client_credentials'] }],
    ['of a client whose subject is an object', { sub: { toString: 'admin' }, gty: ['client_credentials'] }],
    ['of a client with an empty subject', { sub: '', gty: ['client_credentials'] }],
  ])('%s', async (_what, changes) => {
    await expectRefusedWith(changes);
  });

  it('of a tenant that is not among the accepted ones, with everything else as it should be', async () => {
    const accepted = randomUUID();
    await using bounded = await startTarget({ ACCESS_TOKEN_TENANT_IDS: accepted });
    const { emulator } = bounded;
    await expectAccepted(bounded, await signAsFusionAuth(emulator, administratorClaims(emulator, { tid: accepted })));
    await expectRefused(bounded, `Bearer ${await signAsFusionAuth(emulator, administratorClaims(emulator))}`);
  });
});

describe('an ID token in place of an access token is refused', () => {
  it('as FusionAuth issues it', async () => {
    const { emulator, service } = target;
    service.shop.oauthConfiguration.enabledGrants.push('password');
    const user = service.user();
    const response = await fetch(`${emulator.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: shopId,
        client_secret: service.shop.oauthConfiguration.clientSecret,
        username: user.email,
        password: 'password',
        scope: 'openid offline_access',
      }),
    });
    const tokens = (await response.json()) as { access_token: string; id_token: string };
    expect(decodeJwt(tokens.id_token)).toMatchObject({ aud: shopId, iss: 'acme.com', sub: user.id });
    await expectRefused(target, `Bearer ${tokens.id_token}`);
    expect((await service.query('{ viewer { name } }', {}, { key: tokens.access_token })).status).toBe(200);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['by its nonce', { nonce: 'n-0S6_WzA2Mj' }],
    ['by the hash of an access token', { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }],
    ['by the hash of a code', { c_hash: 'LDktKdoQak3Pk0cnXxCltA' }],
    ['by a hash of null', { at_hash: null }],
    ['by its type', { tty: 'id' }],
    ['by its type in words', { tty: 'ID_TOKEN' }],
    ['by its type in camel case', { tty: 'idToken' }],
  ])('%s', async (_what, changes) => {
    await expectRefusedWith(changes);
  });

  it('while an access token that tells its type is accepted', async () => {
    await expectAccepted(target, await tokenWith({ tty: 'at' }));
  });
});

describe('the type in the header of a token', () => {
  const typed = (typ: unknown) =>
    signAsFusionAuth(target.emulator, administratorClaims(target.emulator), { typ: typ as string });

  it.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('%s is that of an access token', async (typ) => {
    await expectAccepted(target, await typed(typ));
  });

  it.each(['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'id+jwt', '', 5, null, ['JWT']])(
    '%j is that of something else',
    async (typ) => {
      await expectRefused(target, `Bearer ${await typed(typ)}`);
    },
  );
});

describe('roles and scopes of an odd form grant nothing and break nothing', () => {
  const odd: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['__proto__ as a role', { roles: ['__proto__', 'constructor', 'toString', 'hasOwnProperty'] }],
    ['__proto__ as a scope', { roles: [], gty: ['client_credentials'], scope: '__proto__ constructor toString' }],
    ['a role as text', { roles: 'admin' }],
    ['roles in a list in a list', { roles: [['admin']] }],
    ['roles that only look like a list', { roles: { 0: 'admin', length: 1 } }],
    ['a role as an object', { roles: [{ name: 'admin', toString: 'admin' }] }],
    ['roles of null', { roles: null }],
    ['null among the roles', { roles: [null, 1, true] }],
    ['a role in capitals', { roles: ['ADMIN'] }],
    ['a role with a blank', { roles: ['admin '] }],
    ['roles of no list for a client', { roles: 'admin', gty: ['client_credentials'] }],
    ['a scope that is a list', { roles: [], gty: ['client_credentials'], scope: ['everything'] }],
    ['a scope that is an object', { roles: [], gty: ['client_credentials'], scope: { everything: true } }],
    ['a scope with other blanks', { roles: [], gty: ['client_credentials'], scope: 'a\teverything\nb' }],
    ['a permission as a role', { roles: ['session:bulk'] }],
    ['permissions of its own', { roles: [], permissions: ['session:bulk'] }],
  ];

  it.each(odd)('%s', async (_what, changes) => {
    const key = await tokenWith(changes);
    expect(await target.service.data('{ viewer { permissions } }', {}, { key })).toEqual({
      viewer: { permissions: [] },
    });
    expect(({} as Record<string, unknown>)['permissions']).toBeUndefined();
  });

  it('a grant of an odd form is not taken for that of a client', async () => {
    for (const gty of ['client_credentials', { 0: 'client_credentials' }, [['client_credentials']], null]) {
      const key = await tokenWith({ gty });
      expect(await target.service.data('{ viewer { kind } }', {}, { key })).toEqual({ viewer: { kind: 'USER' } });
    }
  });

  it('a session id of an odd form is none', async () => {
    for (const sid of ['../..', 5, ['a'], null, '']) {
      const key = await tokenWith({ sid });
      expect(await target.service.data('{ viewer { sessionId } }', {}, { key })).toEqual({
        viewer: { sessionId: null },
      });
    }
  });
});
