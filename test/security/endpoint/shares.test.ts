import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../../support/access-tokens.js';
import { startTestService, type TestService } from '../../support/service.js';
import { subscribe, type TestSubscription } from '../../support/subscription.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...shopTokens, MAX_SUBSCRIPTIONS: '20' } });
});

afterAll(() => service[Symbol.asyncDispose]());

it('users who subscribe as much as they can leave room for the feeds of guards', async () => {
  const tokens = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const { id } = service.user();
      return signAsFusionAuth(service.emulator, claimsFor(service.emulator, id));
    }),
  );
  const open: TestSubscription[] = [];
  for (const token of tokens) {
    for (let count = 0; count < 10; count++) {
      open.push(await subscribe(service, token));
    }
  }
  expect(open.filter(({ status }) => status === 200)).toHaveLength(15);
  expect(open.filter(({ status }) => status === 429)).toHaveLength(15);
  const guard = await subscribe(service, service.key(['event:subscribe']));
  open.push(guard);
  expect(guard.status).toBe(200);
  await Promise.all(open.map((subscription) => subscription[Symbol.asyncDispose]()));
});
