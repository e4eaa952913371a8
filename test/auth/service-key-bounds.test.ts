import { describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable, type TestServiceKey } from '../support/service-keys.js';

const acme = 'aaaaaaaa-0000-0000-0000-000000000001';
const globex = 'bbbbbbbb-0000-0000-0000-000000000002';
const shop = 'dddddddd-0000-0000-0000-000000000004';

const serve = (...keys: readonly TestServiceKey[]) =>
  startTestService({ env: { SERVICE_KEYS: serviceKeysVariable(...keys) } });

async function viewerOf(service: TestService, key: string) {
  const { status, headers, body } = await service.query<{ viewer: Record<string, unknown> }>(
    '{ viewer { name permissions tenantIds applicationIds } }',
    {},
    { key },
  );
  return { status, viewer: body.data?.viewer, challenge: headers.get('www-authenticate') };
}

it('a key tells the bounds it is configured with', async () => {
  await using service = await serve(
    { name: 'bounded', key: 'one', permissions: ['policy:read'], tenantIds: [acme], applicationIds: [shop] },
    { name: 'free', key: 'two', permissions: ['session:read'] },
    { name: 'capitals', key: 'three', permissions: ['session:read'], tenantIds: [globex.toUpperCase(), globex] },
  );
  expect((await viewerOf(service, 'one')).viewer).toEqual({
    name: 'bounded',
    permissions: ['policy:read'],
    tenantIds: [acme],
    applicationIds: [shop],
  });
  expect((await viewerOf(service, 'two')).viewer).toMatchObject({ tenantIds: null, applicationIds: null });
  expect((await viewerOf(service, 'three')).viewer).toMatchObject({ tenantIds: [globex] });
});

it('a key is accepted until the millisecond before it expires, and not from then on', async () => {
  const expiresAt = '2030-06-01T12:00:00.500Z';
  await using service = await serve({ name: 'ends', key: 'ends', expiresAt }, { name: 'stays', key: 'stays' });
  const { clock } = service.emulator;

  clock.set(Date.parse(expiresAt) - 1);
  expect(await viewerOf(service, 'ends')).toMatchObject({ status: 200, viewer: { name: 'ends' } });
  for (const late of [0, 1, 1_000_000]) {
    clock.set(Date.parse(expiresAt) + late);
    expect(await viewerOf(service, 'ends')).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="fusionauth-sessions", error="invalid_token"',
    });
  }
  expect(await viewerOf(service, 'stays')).toMatchObject({ status: 200 });
});

it('the expiry of a key counts in its own time zone', async () => {
  await using service = await serve({ name: 'east', key: 'east', expiresAt: '2030-06-01T14:00:00+02:00' });
  service.emulator.clock.set(Date.parse('2030-06-01T11:59:59.999Z'));
  expect((await viewerOf(service, 'east')).status).toBe(200);
  service.emulator.clock.set(Date.parse('2030-06-01T12:00:00.000Z'));
  expect((await viewerOf(service, 'east')).status).toBe(401);
});

it('an expired key is refused in the same words as an unknown one', async () => {
  await using service = await serve({ name: 'old', key: 'old', expiresAt: '2020-01-01T00:00:00Z' });
  const [expired, unknown] = await Promise.all(
    ['old', 'unknown'].map((key) => service.query('{ viewer { name } }', {}, { key })),
  );
  expect(expired?.status).toBe(401);
  expect(expired?.body.errors?.[0]?.message).toBe(unknown?.body.errors?.[0]?.message);
});

it('a key is replaced without a gap: two of one name are valid at once, each with its own expiry', async () => {
  await using service = await serve(
    { name: 'shop', key: 'the-old-key', permissions: ['session:read'], expiresAt: '2030-01-02T00:00:00Z' },
    { name: 'shop', key: 'the-new-key', permissions: ['session:enforce'] },
  );
  service.emulator.clock.set(Date.parse('2030-01-01T00:00:00Z'));
  expect((await viewerOf(service, 'the-old-key')).viewer).toMatchObject({
    name: 'shop',
    permissions: ['session:read'],
  });
  expect((await viewerOf(service, 'the-new-key')).viewer).toMatchObject({
    name: 'shop',
    permissions: ['session:enforce'],
  });
  service.emulator.clock.set(Date.parse('2030-01-03T00:00:00Z'));
  expect((await viewerOf(service, 'the-old-key')).status).toBe(401);
  expect((await viewerOf(service, 'the-new-key')).status).toBe(200);
});

describe('each of a hundred keys', () => {
  const keys = Array.from({ length: 100 }, (_, index) => ({ name: `service-${index}`, key: `key-of-${index}` }));

  it.each([
    ['in order', keys],
    ['in reverse', [...keys].reverse()],
  ])('is recognised as itself wherever it stands (%s)', async (_what, listed) => {
    await using service = await serve(...listed);
    for (const { name, key } of [keys[0], keys[49], keys[99]].filter((key) => key !== undefined)) {
      expect((await viewerOf(service, key)).viewer).toMatchObject({ name });
    }
    expect((await viewerOf(service, 'key-of-100')).status).toBe(401);
  });
});
