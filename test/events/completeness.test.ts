import { expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import { examples, signInJson } from '../support/webhook-events.js';

const secret = 'a-secret-that-only-fusionauth-knows';
const env = { WEBHOOK_HEADER_NAME: 'x-secret', WEBHOOK_HEADER_VALUE: secret };

async function completeSince(service: TestService): Promise<number> {
  const { revocationsCompleteSince } = await service.data<{ revocationsCompleteSince: string }>(
    '{ revocationsCompleteSince }',
  );
  return Date.parse(revocationsCompleteSince);
}

const deliver = (service: TestService, event: unknown, value = secret) =>
  service.fetch('/webhooks/fusionauth', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-secret': value },
    body: JSON.stringify({ event }),
  });

it('says from when on revocations may be missing after a delivery that was refused, and not after a forged one', async () => {
  await using service = await startTestService({ env });
  const { clock } = service.emulator;
  const begun = await completeSince(service);

  clock.advance(1_000_000);
  const forged = { ...examples['user revoked'](), createInstant: clock.now() - 400_000 };
  expect((await deliver(service, forged, 'guessed')).status).toBe(401);
  expect((await deliver(service, { ...signInJson(), createInstant: clock.now() - 400_000 })).status).toBe(400);
  expect(await completeSince(service)).toBe(begun);

  const stale = { ...examples['user revoked'](), createInstant: clock.now() - 400_000 };
  expect((await deliver(service, stale)).status).toBe(400);
  // No token that was issued after it occurred is concerned.
  await expect.poll(() => completeSince(service)).toBe(stale.createInstant + 1);

  const before = clock.now();
  expect((await deliver(service, 'no event')).status).toBe(400);
  await expect.poll(() => completeSince(service)).toBeGreaterThanOrEqual(before);
  expect(service.logs.filter(({ msg }) => /revocations may be missing/.test(String(msg)))).toHaveLength(2);
});
