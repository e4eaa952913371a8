import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

const shopKey = 'key-of-the-shop-0123456789';
const adminKey = 'key-of-the-admins+/=';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

let service: TestService;

beforeAll(async () => {
  const keys = [
    { name: 'shop', sha256: sha256(shopKey), permissions: ['session:enforce'] },
    { name: 'admin', sha256: sha256(adminKey), permissions: ['session:read', 'session:revoke'] },
  ];
  service = await startTestService({ env: { SERVICE_KEYS: JSON.stringify(keys) } });
});

afterAll(() => service[Symbol.asyncDispose]());

async function viewerOf(authorization: string | undefined) {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const { status, body } = await service.query<{ viewer: { name: string; permissions: string[] } }>(
    '{ viewer { name permissions } }',
    {},
    { key: null, headers },
  );
  return { status, viewer: body.data?.viewer };
}

describe('a service key', () => {
  it('tells who calls and what they may do', async () => {
    expect(await viewerOf(`Bearer ${shopKey}`)).toEqual({
      status: 200,
      viewer: { name: 'shop', permissions: ['session:enforce'] },
    });
    expect(await viewerOf(`Bearer ${adminKey}`)).toEqual({
      status: 200,
      viewer: { name: 'admin', permissions: ['session:read', 'session:revoke'] },
    });
  });

  it.each([`bearer ${shopKey}`, `BEARER ${shopKey}`, `Bearer   ${shopKey}`])(
    'is recognised in %j',
    async (authorization) => {
      expect((await viewerOf(authorization)).viewer?.name).toBe('shop');
    },
  );

  it.each<[string, string | undefined]>([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Bearer'],
    ['the key alone', shopKey],
    ['another scheme', `Basic ${shopKey}`],
    ['an unknown key', 'Bearer key-of-nobody-0123456789'],
    ['a key cut short', `Bearer ${shopKey.slice(0, -1)}`],
    ['a key with something behind it', `Bearer ${shopKey}x`],
    ['a key in capitals', `Bearer ${shopKey.toUpperCase()}`],
    ['two keys', `Bearer ${shopKey} ${adminKey}`],
    ['two schemes', `Bearer Bearer ${shopKey}`],
    ['a list', `Bearer ${shopKey}, Bearer ${adminKey}`],
    ['a hash instead of a key', `Bearer ${sha256(shopKey)}`],
    ['a key of 10,000 characters', `Bearer ${'x'.repeat(10_000)}`],
    ['10,000 equals signs', `Bearer ${'='.repeat(10_000)}!`],
  ])('is not recognised in %s', async (_what, authorization) => {
    expect(await viewerOf(authorization)).toEqual({ status: 401, viewer: undefined });
  });
});

it('a key that has expired when the service starts is named in the log', async () => {
  const entry = { name: 'old-shop', sha256: '0'.repeat(64), permissions: ['session:read'] };
  const keys = [
    { ...entry, expiresAt: '2020-01-01T00:00:00Z' },
    { ...entry, name: 'new-shop', sha256: '1'.repeat(64), expiresAt: '2999-01-01T00:00:00Z' },
  ];
  await using service = await startTestService({ env: { SERVICE_KEYS: JSON.stringify(keys) } });
  const warnings = service.startLogs.filter(({ msg }) => msg === 'a service key of SERVICE_KEYS has expired');
  expect(warnings).toMatchObject([{ level: 'warn', key: 'old-shop', expiresAt: '2020-01-01T00:00:00.000Z' }]);
});
