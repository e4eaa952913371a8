import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessTokenAuthenticator } from '../../src/auth/access-tokens.js';
import type { Refusal } from '../../src/auth/refusal.js';
import { maxRememberedCallers, RememberedCallers } from '../../src/auth/remembered-callers.js';
import type { Caller } from '../../src/domain/caller.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { claimsFor, shopId, signAsFusionAuth } from '../support/access-tokens.js';

const userId = 'b0000000-0000-4000-8000-000000000001';
let emulator: Emulator;
let now: number;

beforeEach(async () => {
  emulator = await startEmulator();
  now = emulator.clock.now();
});
afterEach(async () => {
  vi.useRealTimers();
  await emulator[Symbol.asyncDispose]();
});

const newAuthenticator = () =>
  new AccessTokenAuthenticator(
    emulator.url,
    {
      issuers: ['acme.com'],
      audiences: [shopId],
      algorithms: ['RS256'],
      clockToleranceSeconds: 5,
      tenantIds: null,
      permissionsByRole: new Map(),
      permissionsByScope: new Map(),
      keyFetchTimeoutMs: 3_000,
    },
    { now: () => now },
  );

const sign = (changes: Readonly<Record<string, unknown>> = {}, header = {}) =>
  signAsFusionAuth(emulator, claimsFor(emulator, userId, changes), header);

/** The caller, or why there is none. */
async function foundBy(authenticator: AccessTokenAuthenticator, token: string): Promise<Caller | Refusal> {
  const authentication = await authenticator.authenticate(token);
  return authentication.kind === 'caller' ? authentication.caller : authentication.refusal;
}

describe('a token that comes again', () => {
  it('is not verified again, and means the same caller', async () => {
    const authenticator = newAuthenticator();
    const token = await sign();
    const [first, second, third] = [
      await foundBy(authenticator, token),
      await foundBy(authenticator, token),
      await foundBy(authenticator, token),
    ];
    expect(first).toMatchObject({ kind: 'user', userId });
    expect(second).toEqual(first);
    expect(third).toBe(second);
  });

  it('is answered at any time as one that nobody has seen', async () => {
    const start = Math.floor(now / 1_000);
    const seconds = fc.integer({ min: -20, max: 20 });
    const property = fc.asyncProperty(
      seconds,
      fc.option(seconds, { nil: undefined }),
      fc.array(fc.integer({ min: -30_000, max: 30_000 }), { minLength: 1, maxLength: 6 }),
      async (lifetime, delay, instants) => {
        const token = await sign({ exp: start + lifetime, nbf: delay === undefined ? undefined : start + delay });
        const authenticator = newAuthenticator();
        await authenticator.authenticate(await sign());
        for (const offset of [0, ...instants]) {
          now = start * 1_000 + offset;
          expect(await authenticator.authenticate(token)).toEqual(await newAuthenticator().authenticate(token));
        }
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  it('is refused once FusionAuth has withdrawn its key, as soon as the keys are fetched anew', async () => {
    const authenticator = newAuthenticator();
    const token = await sign();
    for (let time = 0; time < 3; time++) expect(await foundBy(authenticator, token)).toMatchObject({ userId });

    const [key] = emulator.keys.all();
    if (key === undefined) throw new Error('The emulator has no key');
    const signedWithUnknown = await sign({}, { kid: 'unknown' });
    emulator.keys.delete(key.id);
    expect(await foundBy(authenticator, token)).toMatchObject({ userId });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    expect(await foundBy(authenticator, signedWithUnknown)).toMatchObject({ check: 'kid' });
    expect(await foundBy(authenticator, token)).toMatchObject({ check: 'kid' });
  });

  it('is verified again where the keys are too old', async () => {
    const authenticator = newAuthenticator();
    const token = await sign();
    for (let time = 0; time < 3; time++) await authenticator.authenticate(token);
    emulator.calls.clear();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 700_000 });
    expect(await foundBy(authenticator, token)).toMatchObject({ userId });
    expect(emulator.calls.all().map(({ path }) => path)).toEqual(['/.well-known/jwks.json']);
  });
});

it('the caller who has not called for longest is forgotten when there are too many', () => {
  const remembered = new RememberedCallers(0, () => 0);
  const keys = {};
  const caller: Caller = {
    kind: 'service',
    name: 'one',
    expiresAt: null,
    permissions: new Set(),
    tenantIds: null,
    applicationIds: null,
  };
  const remember = (name: string) => remembered.remember(name, keys, caller, { exp: 1 });
  remember('first');
  remember('second');
  expect(remembered.find('first', keys)).toBe(caller);
  for (let index = 0; index < maxRememberedCallers - 1; index++) remember(`other ${index}`);
  expect(remembered.find('first', keys)).toBe(caller);
  expect(remembered.find('second', keys)).toBeUndefined();
  expect(remembered.find('first', {})).toBeUndefined();
});
