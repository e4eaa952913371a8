import { randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signAsFusionAuth } from '../../support/access-tokens.js';
import {
  administratorClaims,
  attackWith,
  expectAccepted,
  expectNothingSeen,
  expectRefused,
  jwksFetchCount,
  startTarget,
  type Target,
} from './attack.js';

/** Made-up key ids have the keys fetched three times in a row, and once more after so long; keys are kept this long. */
const regainMs = 30_000;
const maxAgeMs = 600_000;

let target: Target;

// jose tells the time by Date, for which no other clock can be given. Timers go on as they are.
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-06-01T12:00:00Z') });
  target = await startTarget();
});

afterEach(async () => {
  await target[Symbol.asyncDispose]();
  vi.useRealTimers();
});

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

const sign = (keyId?: string) => signAsFusionAuth(target.emulator, administratorClaims(target.emulator), {}, keyId);
const newKey = () => target.emulator.keys.generate({ name: randomUUID(), algorithm: 'RS256' }).id;

describe('a flood of tokens with unknown key ids', () => {
  const size = 200;

  async function flood(): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256');
    const tokens = await Promise.all(
      Array.from({ length: size }, () =>
        new SignJWT(administratorClaims(target.emulator))
          .setProtectedHeader({ alg: 'RS256', kid: randomUUID() })
          .sign(privateKey),
      ),
    );
    const answers = await Promise.all(tokens.map((token) => attackWith(target, `Bearer ${token}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  }

  it('has the keys fetched once', async () => {
    await flood();
    expect(jwksFetchCount(target.emulator)).toBe(1);
    expectNothingSeen(target.emulator);
    expect(target.victim.liveIds()).toHaveLength(2);
  });

  it('has them fetched once more when the last time is half a minute ago', async () => {
    await expectAccepted(target, await sign());
    pass(regainMs);
    await flood();
    expect(jwksFetchCount(target.emulator)).toBe(2);
  });

  it('keeps nobody out whose key is known', async () => {
    const good = await sign();
    await Promise.all([flood(), expectAccepted(target, good)]);
    await expectAccepted(target, good);
    expect(jwksFetchCount(target.emulator)).toBe(1);
  });
});

describe('when FusionAuth changes its keys', () => {
  it('the new one is accepted after one more look, and no restart', async () => {
    await expectAccepted(target, await sign());
    const id = newKey();
    pass(regainMs);
    await expectAccepted(target, await sign(id));
    await expectAccepted(target, await sign());
    expect(jwksFetchCount(target.emulator)).toBe(2);
  });

  it('the first token of the new one is accepted, unless the last look was within the same second', async () => {
    await expectAccepted(target, await sign());
    const token = await sign(newKey());
    pass(999);
    await expectRefused(target, `Bearer ${token}`);
    pass(1);
    await expectAccepted(target, token);
    expect(jwksFetchCount(target.emulator)).toBe(1);
  });

  it('a stream of unknown key ids has them fetched three times in a row and then each half minute, when the new one is accepted', async () => {
    await expectAccepted(target, await sign());
    const { privateKey } = await generateKeyPair('RS256');
    const fetches: number[] = [];
    for (let time = 0; time < 10; time++) {
      pass(1_000);
      const header = { alg: 'RS256', kid: randomUUID() };
      const forged = new SignJWT(administratorClaims(target.emulator)).setProtectedHeader(header);
      await expectRefused(target, `Bearer ${await forged.sign(privateKey)}`);
      fetches.push(jwksFetchCount(target.emulator));
    }
    expect(fetches).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    const token = await sign(newKey());
    await expectRefused(target, `Bearer ${token}`);
    pass(regainMs);
    await expectAccepted(target, token);
    expect(jwksFetchCount(target.emulator)).toBe(1);
  });

  it('one that was withdrawn is refused ten minutes after the last look at the latest', async () => {
    const id = newKey();
    const token = await sign(id);
    await expectAccepted(target, token);
    target.emulator.keys.delete(id);
    pass(maxAgeMs);
    await expectRefused(target, `Bearer ${token}`);
  });
});
