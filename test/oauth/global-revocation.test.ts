import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { shopId } from '../support/access-tokens.js';
import { knownTokens, postForm } from '../support/oauth.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';
import { type IdentityProvider, issuer, startIdentityProvider } from './identity-provider.js';

let provider: IdentityProvider;
let service: TestService;

beforeAll(async () => {
  provider = await startIdentityProvider();
  service = await startTestService({ shopId, env: variables() });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const variables = (changes?: Readonly<Record<string, string>>) => provider.variables(changes);

type Changes = Parameters<IdentityProvider['request']> extends [number, ...infer Rest] ? Rest : never;
const request = (...changes: Changes) => provider.request(service.emulator.clock.now(), ...changes);

interface Call {
  readonly token?: string | null;
  readonly of?: TestService;
  readonly headers?: Readonly<Record<string, string>>;
}

async function revoke(body: unknown, { token, of = service, headers = {} }: Call = {}) {
  const bearer = token === undefined ? await request() : token;
  const response = await of.fetch('/global-token-revocation', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const byEmail = (email: string) => ({ sub_id: { format: 'email', email } });
const byId = (sub: string, iss = 'acme.com') => ({ sub_id: { format: 'iss_sub', iss, sub } });

describe('a request of the identity provider', () => {
  it.each([
    ['e-mail address', (user: { email: string }) => byEmail(user.email)],
    ['e-mail address in other letters', (user: { email: string }) => byEmail(user.email.toUpperCase())],
    ['issuer and subject', (user: { id: string }) => byId(user.id)],
  ])(
    'ends all sessions of a user whom it names by %s, SSO included, with events and audit records',
    async (_what, name) => {
      const alice = service.user({ sessions: 3, ssoSessions: 1 });
      const bystander = service.user({ sessions: 1, email: `x${alice.email}` });
      const signedIn = await alice.login();
      await using events = await subscribe(service, service.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
      const { status, text } = await revoke(name(alice));
      expect([status, text]).toEqual([204, '']);
      expect([alice.liveIds(), bystander.liveIds().length]).toEqual([[], 1]);
      const records = service.logs
        .map(({ audit }) => audit as Readonly<Record<string, unknown>> | undefined)
        .filter((audit) => audit?.['userId'] === alice.id);
      expect(records).toHaveLength(5);
      const record = { actor: issuer, actorKind: 'service', reason: 'INCIDENT_RESPONSE', outcome: 'revoked' };
      for (const one of records) expect(one).toMatchObject(record);
      expect(await events.nextEvent()).toMatchObject({ userId: alice.id, reason: 'INCIDENT_RESPONSE' });
      const { body } = await postForm(service, '/oauth2/introspect', { token: signedIn.token });
      expect(body).toEqual({ active: false });
    },
  );

  it('is answered with 204 for a user without sessions, and a second time', async () => {
    const alice = service.user({ sessions: 1 });
    expect([(await revoke(byId(alice.id))).status, (await revoke(byId(alice.id))).status]).toEqual([204, 204]);
  });

  it.each([
    ['an unknown address', () => byEmail('nobody@example.com')],
    ['an address that only begins like one', () => byEmail(service.user().email.slice(0, -1))],
    ['an unknown user', () => byId(randomUUID())],
    ['a subject of another issuer', () => byId(service.user().id, issuer)],
    ['a subject that is no id', () => byId('00u1')],
  ])('is answered with 404 for %s', async (_what, subject) => {
    expect((await revoke(subject())).status).toBe(404);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no subject', {}],
    ['a subject of another format', { sub_id: { format: 'phone_number', phone_number: '+1' } }],
    ['no address', { sub_id: { format: 'email' } }],
    ['no subject of the issuer', { sub_id: { format: 'iss_sub', iss: 'acme.com' } }],
    ['an address with blanks and operators', byEmail('* OR email:a@b.example')],
    ['a wildcard in place of an address', byEmail('*')],
  ])('is answered with 400 for %s', async (_what, body) => {
    const { status, text } = await revoke(body);
    expect([status, JSON.parse(text).error]).toEqual([400, 'invalid_request']);
  });

  it('is answered with 404 for a wildcard in an address, which ends nothing', async () => {
    const alice = service.user({ sessions: 1 });
    expect((await revoke(byEmail(`*@${alice.email.split('@')[1]}`))).status).toBe(404);
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('ends the sessions of the user with the address, however many signed up with addresses like it', async () => {
    const alice = service.user({ sessions: 1, email: `ceo@${randomUUID()}` });
    for (let index = 0; index < 501; index++) service.emulator.store.addUser({ email: `a${index}${alice.email}` });
    expect((await revoke(byEmail(alice.email))).status).toBe(204);
    expect(alice.liveIds()).toEqual([]);
  });

  it('is answered with 422 when several users have the address, and ends nothing', async () => {
    const other = service.emulator.store.addTenant({ name: 'Other' });
    const alice = service.user({ sessions: 1 });
    service.emulator.store.addUser({ email: alice.email, tenantId: other.id });
    expect((await revoke(byEmail(alice.email))).status).toBe(422);
    expect(alice.liveIds()).toHaveLength(1);
    const env = variables({ GLOBAL_REVOCATION_TENANT_ID: service.emulator.tenantId });
    await using bound = await startTestService({ shopId, env, beside: service });
    expect((await revoke(byEmail(alice.email), { of: bound })).status).toBe(204);
    expect(alice.liveIds()).toEqual([]);
  });

  it('is answered with 422 when some sessions live on, and finishes when it is sent again', async () => {
    const alice = service.user({ sessions: 2 });
    const path = `/api/jwt/refresh/${alice.sessions[0]?.id}`;
    const rule = service.emulator.faults.add({ method: 'DELETE', path, fault: { kind: 'status', status: 500 } });
    expect((await revoke(byId(alice.id))).status).toBe(422);
    expect(alice.liveIds()).toEqual([alice.sessions[0]?.id]);
    rule.remove();
    expect((await revoke(byId(alice.id))).status).toBe(204);
    expect(alice.liveIds()).toEqual([]);
  });

  it('is answered with 503 when FusionAuth cannot be asked', async () => {
    const alice = service.user({ sessions: 1 });
    const rule = service.emulator.faults.add({ path: '/api/*', fault: { kind: 'status', status: 503 } });
    const { status, headers } = await revoke(byId(alice.id));
    rule.remove();
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  });
});

describe('a request of anybody else', () => {
  const hour = 3_600;
  const now = () => Math.floor(service.emulator.clock.now() / 1_000);
  it.each<readonly [string, () => Promise<string | null> | string | null]>([
    ['no credentials', () => null],
    ['a service key', () => service.key(permissions)],
    ['an access token', async () => (await service.user().login()).token],
    ['another issuer', () => request({ iss: 'https://other.example' })],
    ['another audience', () => request({ aud: 'https://other.example' })],
    ['one that has expired', () => request({ iat: now() - 400, exp: now() - 100 })],
    ['one that is good for too long', () => request({ iat: now() - hour, exp: now() + hour })],
    ['one without an expiry', () => request({ exp: undefined })],
    ['one from the future', () => request({ nbf: now() + hour })],
    ['an ID token of the provider', () => request({}, { typ: 'JWT' })],
    ['another key', async () => request({}, {}, (await generateKeyPair('RS256')).privateKey)],
  ])('is refused with 401 (%s), and ends nothing', async (_what, token) => {
    const alice = service.user({ sessions: 1 });
    const { status, headers } = await revoke(byId(alice.id), { token: await token() });
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer realm=/)]);
    expect(alice.liveIds()).toHaveLength(1);
  });

  it('is refused with 401 when it has several Authorization headers', async () => {
    const alice = service.user({ sessions: 1 });
    const { host, hostname, port } = new URL(service.url);
    const bearer = `Bearer ${await request()}`;
    const call = httpRequest({
      hostname,
      port,
      path: '/global-token-revocation',
      method: 'POST',
      headers: [
        'host',
        host,
        'content-type',
        'application/json',
        'authorization',
        bearer,
        'authorization',
        'Bearer other',
      ],
    });
    call.end(JSON.stringify(byId(alice.id)));
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, alice.liveIds().length]).toEqual([401, 1]);
  });

  it('is refused with 403 when another client of the provider makes it', async () => {
    const alice = service.user({ sessions: 1 });
    expect((await revoke(byId(alice.id), { token: await request({ sub: '0oa2' }) })).status).toBe(403);
    expect(alice.liveIds()).toHaveLength(1);
  });
});

it('is not there unless it is configured', async () => {
  await using plain = await startTestService({ shopId, env: knownTokens, beside: service });
  expect((await revoke(byEmail('a@b.example'), { of: plain })).status).toBe(404);
});

it('is in the discovery document', async () => {
  const PUBLIC_URL = 'https://sessions.example';
  await using open = await startTestService({ shopId, env: variables({ PUBLIC_URL }), beside: service });
  const response = await open.fetch('/.well-known/oauth-authorization-server');
  expect(await response.json()).toMatchObject({
    global_token_revocation_endpoint: 'https://sessions.example/global-token-revocation',
  });
});
