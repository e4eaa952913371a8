import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Application, RefreshToken } from '../../src/emulator/store/records.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;
let shop: Application;

beforeAll(async () => {
  emulator = await startEmulator();
  shop = emulator.store.addApplication({ name: 'Shop' });
});

afterAll(() => emulator[Symbol.asyncDispose]());

async function list(userId: string): Promise<RefreshToken[]> {
  const answer = await callApi(emulator, 'GET', `/api/jwt/refresh?userId=${userId}`);
  return (answer.json() as { refreshTokens: RefreshToken[] }).refreshTokens;
}

it('lists sessions of every application and of single sign-on, newest first', async () => {
  const { store, clock } = emulator;
  const user = store.addUser();
  const now = clock.now();
  const middle = store.addSession({ userId: user.id, applicationId: shop.id, insertInstant: now - 2_000 });
  const newest = store.addSession({ userId: user.id, insertInstant: now - 1_000 });
  const oldest = store.addSession({ userId: user.id, applicationId: shop.id, insertInstant: now - 3_000 });

  expect(await list(user.id)).toEqual([newest, middle, oldest]);
});

it('lists the session inserted last first when two share an instant', async () => {
  const user = emulator.store.addUser();
  const now = emulator.clock.now();
  const first = emulator.store.addSession({ userId: user.id, applicationId: shop.id, insertInstant: now });
  const second = emulator.store.addSession({ userId: user.id, applicationId: shop.id, insertInstant: now });

  expect((await list(user.id)).map(({ id }) => id)).toEqual([second.id, first.id]);
});

it('leaves out members without a value instead of sending null', async () => {
  const user = emulator.store.addUser();
  emulator.store.addSession({ userId: user.id });

  const [session] = await list(user.id);

  expect(Object.keys(session ?? {}).sort()).toEqual([
    'id',
    'insertInstant',
    'startInstant',
    'tenantId',
    'token',
    'userId',
  ]);
});

it('leaves out all but the newest 1,000', async () => {
  const user = emulator.store.addUser();
  const now = emulator.clock.now();
  const created = Array.from({ length: 1_005 }, (_, age) =>
    emulator.store.addSession({ userId: user.id, applicationId: shop.id, insertInstant: now - age }),
  );

  expect((await list(user.id)).map(({ id }) => id)).toEqual(created.slice(0, 1_000).map(({ id }) => id));
  expect(emulator.store.sessionsOf(user.id)).toHaveLength(1_005);
});

it('answers an empty list for an unknown user', async () => {
  expect(await list('00000000-0000-0000-0000-000000000099')).toEqual([]);
});

it('says which parameter is missing or malformed', async () => {
  const none = await callApi(emulator, 'GET', '/api/jwt/refresh');
  const malformed = await callApi(emulator, 'GET', '/api/jwt/refresh?userId=nobody');

  expect(none.status).toBe(400);
  expect(none.json()).toMatchObject({ fieldErrors: { userId: [{ code: '[missing]userId' }] } });
  expect(malformed.status).toBe(400);
  expect(malformed.json()).toEqual({
    fieldErrors: { userId: [{ code: '[couldNotConvert]userId', message: 'Invalid' }] },
    generalErrors: [],
  });
});

it('finds one session by id until it is revoked', async () => {
  const user = emulator.store.addUser();
  const session = emulator.store.addSession({ userId: user.id, applicationId: shop.id });

  const found = await callApi(emulator, 'GET', `/api/jwt/refresh/${session.id}`);
  expect(found.json()).toEqual({ refreshToken: session });

  await callApi(emulator, 'DELETE', `/api/jwt/refresh/${session.id}`);
  const gone = await callApi(emulator, 'GET', `/api/jwt/refresh/${session.id}`);
  expect([gone.status, gone.text]).toEqual([404, '']);
});
