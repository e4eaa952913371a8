import { expect, it } from 'vitest';
import { z } from 'zod';
import { demoIds, demoPassword, seedDemo } from '../../src/emulator/demo-data.js';
import { startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

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

it('records the sign-in that each session began with, and the last one of each user', async () => {
  await using emulator = await startEmulator();
  const { users } = seedDemo(emulator.store);

  for (const { id, lastLoginInstant } of users) {
    const answer = await callApi(emulator, 'POST', '/api/system/login-record/search', {
      body: { search: { userId: id } },
    });
    const { logins } = z.object({ logins: z.array(z.object({ instant: z.number() })) }).parse(answer.json());
    const sessions = emulator.store.sessionsOf(id).map(({ insertInstant }) => insertInstant);
    expect(logins.map(({ instant }) => instant)).toEqual(expect.arrayContaining(sessions));
    expect(lastLoginInstant).toBe(Math.max(...logins.map(({ instant }) => instant)));
  }
});
