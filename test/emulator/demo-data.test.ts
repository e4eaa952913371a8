import { expect, it } from 'vitest';
import { demoIds, demoPassword, seedDemo } from '../../src/emulator/demo-data.js';
import { startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from './api-client.js';

it('gives every demo user the promised live sessions', async () => {
  await using emulator = await startEmulator();
  const { applications, users } = seedDemo(emulator.store);

  expect(applications.map(({ id }) => id)).toEqual([demoIds.shop, demoIds.console]);
  const kinds = users.map(({ id }) => {
    const sessions = emulator.store.sessionsOf(id);
    const ofApplication = sessions.filter(({ applicationId }) => applicationId !== undefined).length;
    return [ofApplication, sessions.length - ofApplication];
  });
  expect(kinds).toEqual([
    [4, 1],
    [2, 0],
    [1, 0],
    [0, 0],
  ]);
});

it('lets every demo user sign in', async () => {
  await using emulator = await startEmulator();
  const { users } = seedDemo(emulator.store);

  for (const { email, registrations } of users) {
    const applicationId = registrations[0]?.applicationId;
    const body = { loginId: email, password: demoPassword, applicationId };
    expect((await callApi(emulator, 'POST', '/api/login', { body })).status).toBe(200);
  }
});
