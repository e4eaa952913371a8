import { expect, it } from 'vitest';
import { PresentedTokens } from '../../src/auth/presented-tokens.js';
import { startEmulator } from '../../src/emulator/emulator.js';
import { heldBytesAfter } from '../security/support/held-bytes.js';
import { claimsFor, shopExpectations, signAsFusionAuth } from '../support/access-tokens.js';

const count = 400;
const maxHeldBytesEach = 5_000;

it.each([250, 1_200])(
  'a presented token with %i nested claims is remembered in a few kilobytes',
  async (nested) => {
    await using emulator = await startEmulator();
    const presented = new PresentedTokens(emulator.url, shopExpectations, { now: () => Date.now() });
    const permissions = Array.from({ length: nested }, () => ({}));
    const sign = (jti: string) =>
      signAsFusionAuth(emulator, claimsFor(emulator, 'b0000000-0000-4000-8000-000000000001', { jti, permissions }));
    const tokens = await Promise.all(Array.from({ length: count }, (_, index) => sign(`${index}`)));
    const held = await heldBytesAfter(async () => {
      for (const token of tokens) expect((await presented.examine(token)).kind).toBe('accessToken');
    });
    expect(held).toBeLessThan(count * maxHeldBytesEach);
    expect((await presented.examine(tokens[0] ?? '')).kind).toBe('accessToken');
  },
  30_000,
);
