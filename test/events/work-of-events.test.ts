import { expect, it } from 'vitest';
import { startTestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';

const eventsOfPoint = 20;

it('the events with which a stream begins cost points, however often it is opened', async () => {
  await using service = await startTestService({ env: { RATE_LIMIT_INTERVAL_SECONDS: '3600' } });
  const user = service.user({ sessions: 2 * eventsOfPoint + 1 });
  await service.data(
    'mutation ($id: ID!) { enforceSessionLimit(input: { userId: $id, maxSessions: 1 }) { outcome } }',
    { id: user.id },
  );
  const key = service.key(['event:subscribe']);
  const remaining = async () => {
    const { body } = await service.query('{ viewer { name } }', {}, { key });
    return (body as { readonly extensions?: { readonly cost?: { readonly remainingPoints?: number } } }).extensions
      ?.cost?.remainingPoints;
  };
  const before = (await remaining()) ?? 0;
  const query = `subscription { sessionEvents(last: ${2 * eventsOfPoint}) { id } }`;
  for (let stream = 0; stream < 2; stream++) {
    await using events = await subscribe(service, key, {}, { query });
    for (let event = 0; event < 2 * eventsOfPoint; event++) await events.nextEvent();
  }
  const requests = 3;
  expect(before - ((await remaining()) ?? 0)).toBe(requests + 2 * 2);
});
