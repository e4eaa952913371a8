import { describe, expect, it } from 'vitest';
import { hashServiceKey, ServiceKeyAuthenticator } from '../../src/auth/service-keys.js';

const shopKey = 'key-of-the-shop-0123456789';
const adminKey = 'key-of-the-admins+/=';

const authenticator = new ServiceKeyAuthenticator([
  { name: 'shop', sha256: hashServiceKey(shopKey), permissions: new Set(['session:enforce']) },
  { name: 'admin', sha256: hashServiceKey(adminKey), permissions: new Set(['session:read', 'session:revoke']) },
]);

describe('a service key', () => {
  it('tells who calls and what they may do', () => {
    expect(authenticator.authenticate(`Bearer ${shopKey}`)).toEqual({
      kind: 'service',
      name: 'shop',
      permissions: new Set(['session:enforce']),
    });
    expect(authenticator.authenticate(`Bearer ${adminKey}`)?.name).toBe('admin');
  });

  it.each([`bearer ${shopKey}`, `BEARER ${shopKey}`, `Bearer   ${shopKey}`, `Bearer ${shopKey} `])(
    'is recognised in %j',
    (authorization) => {
      expect(authenticator.authenticate(authorization)?.name).toBe('shop');
    },
  );

  it.each<[string, string | undefined]>([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Bearer'],
    ['the scheme and a space', 'Bearer '],
    ['the key alone', shopKey],
    ['another scheme', `Basic ${shopKey}`],
    ['an unknown key', 'Bearer key-of-nobody-0123456789'],
    ['a key cut short', `Bearer ${shopKey.slice(0, -1)}`],
    ['a key with something behind it', `Bearer ${shopKey}x`],
    ['a key in capitals', `Bearer ${shopKey.toUpperCase()}`],
    ['two keys', `Bearer ${shopKey} ${adminKey}`],
    ['two schemes', `Bearer Bearer ${shopKey}`],
    ['a list', `Bearer ${shopKey}, Bearer ${adminKey}`],
    ['a hash instead of a key', `Bearer ${hashServiceKey(shopKey).toString('hex')}`],
  ])('is not recognised in %s', (_what, authorization) => {
    expect(authenticator.authenticate(authorization)).toBeNull();
  });

  it('is answered in good time however long it is', () => {
    const startedAt = performance.now();
    expect(authenticator.authenticate(`Bearer ${' '.repeat(100_000)}!`)).toBeNull();
    expect(authenticator.authenticate(`Bearer ${'='.repeat(100_000)}!`)).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('is nobody’s when no keys are configured', () => {
    expect(new ServiceKeyAuthenticator([]).authenticate(`Bearer ${shopKey}`)).toBeNull();
  });
});
