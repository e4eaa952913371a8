import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ shopId, env: shopTokens });
});

afterAll(() => service[Symbol.asyncDispose]());

// Another interval of the bound on log lines.
beforeEach(() => service.emulator.clock.advance(60_000));

const call = (authorization: string) =>
  service.fetch('/graphql', {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"query":"{ viewer { name } }"}',
  });

async function refusalOf(credential: string, scheme = 'Bearer ') {
  const before = service.logs.length;
  const response = await call(`${scheme}${credential}`);
  expect(response.status).toBe(401);
  const lines = service.logs.slice(before).filter(({ msg }) => msg === 'credentials refused');
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(service.logs.slice(before))).not.toContain(credential);
  expect(lines[0]?.['requestId']).toBe(response.headers.get('x-request-id'));
  const body = (await response.json()) as { errors: { message: string }[] };
  return { line: lines[0], message: body.errors[0]?.message };
}

describe('the log says which check refused credentials, and never the credentials', () => {
  const user = randomUUID();
  const changed = (changes: Readonly<Record<string, unknown>>) =>
    signAsFusionAuth(service.emulator, claimsFor(service.emulator, user, changes));

  it.each([
    ['iss', { iss: 'evil.example' }],
    ['aud', { aud: 'another-application' }],
    ['tid', { tid: undefined }],
    ['exp', { exp: 1 }],
    ['sub', { sub: 'nobody' }],
    ['it is an ID token', { nonce: 'n' }],
  ])('%s', async (check, changes) => {
    const { line } = await refusalOf(await changed(changes));
    expect(line).toMatchObject({ check, claimed: { alg: 'RS256', kid: expect.any(String) } });
    const told = Object.entries(changes).filter(([name]) => ['iss', 'aud', 'tid'].includes(name));
    for (const [name, value] of told) expect(line).toMatchObject({ claimed: { [name]: value ?? null } });
  });

  it('alg, kid and signature', async () => {
    const claims = claimsFor(service.emulator, user);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = await refusalOf(`${encode({ alg: 'none' })}.${encode(claims)}.`);
    expect(none.line).toMatchObject({
      check: expect.stringMatching(/^(alg|form)$/),
      claimed: { alg: 'none', iss: 'acme.com' },
    });
    const token = await changed({});
    const [header = '', payload = ''] = token.split('.');
    const other = await signAsFusionAuth(service.emulator, claims, { kid: 'made-up' });
    expect((await refusalOf(other)).line).toMatchObject({ check: 'kid', claimed: { kid: 'made-up' } });
    const forged = `${header}.${payload}.${'A'.repeat(342)}`;
    expect((await refusalOf(forged)).line).toMatchObject({ check: 'signature' });
  });

  it('a service key that is none', async () => {
    expect((await refusalOf('some-key-that-is-none')).line).toMatchObject({ check: 'service key' });
  });

  it('credentials without the scheme, whose sender is told how to write it', async () => {
    const { message } = await refusalOf(service.key(['session:read']), '');
    expect(message).toContain('Write `Bearer` and a space before the service key');
  });

  it('of a claim that is long or strange, the beginning', async () => {
    const { line } = await refusalOf(await changed({ iss: 'x'.repeat(2_000), aud: [1, { a: 2 }] }));
    expect(JSON.stringify(line).length).toBeLessThan(800);
  });

  it('only so often, and how many were left out', async () => {
    const before = service.logs.length;
    for (let turn = 0; turn < 50; turn += 1) await call('Bearer guessed-key');
    const lines = () => service.logs.slice(before).filter(({ msg }) => msg === 'credentials refused');
    expect(lines()).toHaveLength(20);
    service.emulator.clock.advance(60_000);
    await call('Bearer guessed-key');
    expect(lines().at(-1)).toMatchObject({ leftOut: 30 });
  });
});

it('a user is one caller, however the letters of the id are written', async () => {
  const user = randomUUID();
  for (const sub of [user, user.toUpperCase()]) {
    const key = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, sub));
    expect(await service.data('{ viewer { name userId } }', {}, { key })).toEqual({
      viewer: { name: user, userId: user },
    });
  }
});
