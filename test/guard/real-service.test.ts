import { expect, it } from 'vitest';
import { createGuard } from '../../src/guard/guard.js';
import { enforceSingleSession } from '../support/enforcement.js';
import { startTestService } from '../support/service.js';
import { until } from './scripted-service.js';
import { reasonFor } from './start-guard.js';

it('refuses what the service has ended, at once, and keeps the session that was kept in the same second', async () => {
  await using service = await startTestService();
  const user = service.user();
  await using guard = createGuard({
    serviceUrl: service.url,
    serviceKey: service.key(['event:subscribe', 'session:read']),
    accessTokens: { fusionAuthUrl: service.emulator.url, issuer: 'acme.com', audience: service.shop.id },
    whenFeedIsDown: 'refuse',
  });
  await guard.ready();
  const first = await user.login(service.shop.id);
  const second = await user.login(service.shop.id);
  expect([await reasonFor({ guard }, first.token), await reasonFor({ guard }, second.token)]).toEqual([
    'accepted',
    'accepted',
  ]);
  await enforceSingleSession(service, { userId: user.id });
  await until(() => guard.revocationCount === 1);
  expect([await reasonFor({ guard }, first.token), await reasonFor({ guard }, second.token)]).toEqual([
    'revoked',
    'accepted',
  ]);

  await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', {
    id: second.refreshTokenId,
  });
  await until(() => guard.revocationCount === 2);
  expect(await reasonFor({ guard }, second.token)).toBe('revoked');
});

it('learns what was ended before it began, from the list or by asking', async () => {
  await using service = await startTestService();
  const user = service.user();
  const [first, second, third] = [
    await user.login(service.shop.id),
    await user.login(service.shop.id),
    await user.login(service.shop.id),
  ];
  await service.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id: first.refreshTokenId });
  // Behind the back of the service, which hears of it only where FusionAuth tells it.
  service.emulator.store.sessions.delete(second.refreshTokenId);
  await using guard = createGuard({
    serviceUrl: service.url,
    serviceKey: service.key(['event:subscribe', 'session:read']),
    accessTokens: { fusionAuthUrl: service.emulator.url, issuer: 'acme.com', audience: service.shop.id },
    whenFeedIsDown: 'refuse',
  });
  await guard.ready();
  expect(guard.revocationCount).toBe(1);
  const reasons = [first, second, third].map(({ token }) => reasonFor({ guard }, token));
  expect(await Promise.all(reasons)).toEqual(['revoked', 'ended', 'accepted']);
});
