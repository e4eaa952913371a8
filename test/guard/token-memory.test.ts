import { expect, it } from 'vitest';
import { heldBytesAfter } from '../security/support/held-bytes.js';
import { ScriptedService, sessionNumber, signToken } from './scripted-service.js';
import { readyGuard } from './start-guard.js';

const count = 1_000;
const otherCookie = Buffer.from(`theme=${'x'.repeat(14_000)}; access_token=`);

/** As a parser of cookies has it: a part of the whole header. */
function cutOutOfHeader(token: string): string {
  return Buffer.concat([otherCookie, Buffer.from(token)])
    .toString('latin1')
    .slice(otherCookie.length);
}

it('remembers a token without the cookies that it came with', async () => {
  await using service = await ScriptedService.start();
  await using started = await readyGuard(service);
  const { guard } = started;
  const tokens = await Promise.all(
    Array.from({ length: count }, (_, index) => signToken({ sid: sessionNumber(index) })),
  );
  const held = await heldBytesAfter(async () => {
    for (const token of tokens) expect(await guard.check(cutOutOfHeader(token))).toMatchObject({ ok: true });
  });
  expect(held).toBeLessThan((count * otherCookie.length) / 2);
}, 30_000);
