import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessTokenAuthenticator } from '../../src/auth/access-tokens.js';
import { PresentedTokens } from '../../src/auth/presented-tokens.js';
import type { Refusal } from '../../src/auth/refusal.js';
import type { Caller } from '../../src/domain/caller.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { claimsFor, shopExpectations, signAsFusionAuth } from '../support/access-tokens.js';

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

const clock = { now: () => now };
const rights = { tenantIds: null, permissionsByRole: new Map(), permissionsByScope: new Map() };

const newAuthenticator = () => new AccessTokenAuthenticator(emulator.url, { ...shopExpectations, ...rights }, clock);
const newPresentedTokens = () => new PresentedTokens(emulator.url, shopExpectations, clock);

type Recognise = (token: string) => Promise<unknown>;

/** Each anew, by what it is given. */
const recognisers: readonly (readonly [string, () => Recognise])[] = [
  [
    'a caller',
    () => {
      const authenticator = newAuthenticator();
      return (token) => authenticator.authenticate(token);
    },
  ],
  [
    'whoever presents the token of another',
    () => {
      const tokens = newPresentedTokens();
      return (token) => tokens.examine(token);
    },
  ],
];

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

  it.each(recognisers)('is answered to %s at any time as one that nobody has seen', async (_whom, newRecognise) => {
    const start = Math.floor(now / 1_000);
    const seconds = fc.integer({ min: -20, max: 20 });
    const property = fc.asyncProperty(
      seconds,
      fc.option(seconds, { nil: undefined }),
      fc.array(fc.integer({ min: -30_000, max: 30_000 }), { minLength: 1, maxLength: 6 }),
      async (lifetime, delay, instants) => {
        const token = await sign({ exp: start + lifetime, nbf: delay === undefined ? undefined : start + delay });
        const recognise = newRecognise();
        await recognise(await sign());
        for (const offset of [0, ...instants]) {
          now = start * 1_000 + offset;
          expect(await recognise(token)).toEqual(await newRecognise()(token));
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
    emulator.keys.generate({ name: 'Next', algorithm: 'RS256' });
    emulator.keys.delete(key.id);
    expect(await foundBy(authenticator, token)).toMatchObject({ userId });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    expect(await foundBy(authenticator, signedWithUnknown)).toMatchObject({ check: 'kid' });
    expect(await foundBy(authenticator, token)).toMatchObject({ check: 'kid' });
  });

  it.each(['a stranger has made up a key id', 'time has passed'])(
    'is not verified again because %s and the same keys were fetched anew',
    async (why) => {
      const authenticator = newAuthenticator();
      const token = await sign();
      const madeUp = await sign({}, { kid: 'made-up' });
      await authenticator.authenticate(token);
      const known = await foundBy(authenticator, token);
      emulator.calls.clear();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 400_000 });
      if (why.startsWith('a stranger')) {
        expect(await foundBy(authenticator, madeUp)).toMatchObject({ check: 'kid' });
      }
      expect(await foundBy(authenticator, token)).toBe(known);
      await expect.poll(() => emulator.calls.count()).toBe(1);
      await expect.poll(() => foundBy(authenticator, token)).toBe(known);
    },
  );

  it.each(recognisers)(
    'does not wait for keys while they serve, whatever becomes of fetching them (%s)',
    async (_whom, newRecognise) => {
      const recognise = newRecognise();
      const [token, other] = [await sign(), await sign({ jti: 'other' })];
      const [known, otherKnown] = [await recognise(token), await newRecognise()(other)];
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 400_000 });
      emulator.calls.clear();
      emulator.faults.add({ path: '/.well-known/jwks.json', times: 1, fault: { kind: 'status', status: 503 } });
      emulator.faults.add({ path: '/.well-known/jwks.json', times: 1, fault: { kind: 'hang' } });
      const callsAfterAnother = async () => {
        vi.setSystemTime(Date.now() + 1_000);
        expect(await recognise(token)).toEqual(known);
        expect(await recognise(other)).toEqual(otherKnown);
        return emulator.calls.count();
      };
      await expect.poll(callsAfterAnother).toBe(2);
      expect(await callsAfterAnother()).toBe(2);
    },
  );

  it('is refused once its key is gone, although the clock was set back meanwhile', async () => {
    const authenticator = newAuthenticator();
    const token = await sign();
    await authenticator.authenticate(token);
    const [key] = emulator.keys.all();
    if (key === undefined) throw new Error('The emulator has no key');
    emulator.keys.generate({ name: 'Next', algorithm: 'RS256' });
    emulator.keys.delete(key.id);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 86_400_000 });
    await expect.poll(() => foundBy(authenticator, token)).toMatchObject({ check: 'kid' });
  });

  it('is verified with keys that were fetched beside earlier calls when the first ones have become too old', async () => {
    const authenticator = newAuthenticator();
    const token = await sign();
    await authenticator.authenticate(token);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 400_000 });
    emulator.calls.clear();
    await authenticator.authenticate(token);
    await expect.poll(() => emulator.calls.count()).toBe(1);
    emulator.faults.add({ path: '/.well-known/jwks.json', fault: { kind: 'status', status: 503 } });
    vi.setSystemTime(Date.now() + 400_000);
    expect(await foundBy(authenticator, token)).toMatchObject({ userId });
    expect(await foundBy(authenticator, await sign({ jti: 'new' }))).toMatchObject({ userId });
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
