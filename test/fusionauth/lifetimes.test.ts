import { describe, expect, it } from 'vitest';
import { type ApplicationId, parseApplicationId, parseTenantId, type TenantId } from '../../src/domain/ids.js';
import {
  type ApplicationSettings,
  expiryOf,
  type JwtSettings,
  jwtSettingsOf,
  type LifetimeSettings,
  type TenantSettings,
  type TokenFacts,
} from '../../src/fusionauth/lifetimes.js';

const minuteMs = 60_000;
const shop = parseApplicationId('a0000000-0000-4000-8000-000000000001') as ApplicationId;
const acme = parseTenantId('d0000000-0000-4000-8000-000000000001') as TenantId;
const other = parseTenantId('d0000000-0000-4000-8000-000000000002') as TenantId;

const fixed: JwtSettings = {
  accessTokenLifetimeSeconds: 3_600,
  refreshTokenLifetimeMinutes: 100,
  slides: false,
  maximumLifetimeMinutes: null,
};

function settings(
  application: Partial<ApplicationSettings> = {},
  tenants: readonly TenantSettings[] = [{ id: acme, jwt: fixed, ssoLifetimeSeconds: 3_600 }],
): LifetimeSettings {
  return {
    applications: new Map([[shop, { id: shop, name: 'Shop', tenantId: acme, jwt: null, ...application }]]),
    tenants: new Map(tenants.map((tenant) => [tenant.id, tenant])),
  };
}

const token: TokenFacts = { applicationId: shop, tenantId: null, createdAt: 0, startedAt: 0 };
const ssoToken: TokenFacts = { ...token, applicationId: null, tenantId: acme };

describe('the expiry of an application session', () => {
  it('is the lifetime after its start', () => {
    expect(expiryOf(token, settings(), null)).toBe(100 * minuteMs);
  });

  it('slides with the start', () => {
    expect(expiryOf({ ...token, startedAt: 90 * minuteMs }, settings(), null)).toBe(190 * minuteMs);
  });

  it('slides no further than the maximum after its creation', () => {
    const sliding = settings({ jwt: { ...fixed, maximumLifetimeMinutes: 150 } });
    expect(expiryOf({ ...token, startedAt: 40 * minuteMs }, sliding, null)).toBe(140 * minuteMs);
    expect(expiryOf({ ...token, startedAt: 90 * minuteMs }, sliding, null)).toBe(150 * minuteMs);
  });

  it('starts before the creation for a session derived from an older one', () => {
    expect(expiryOf({ ...token, createdAt: 50 * minuteMs }, settings(), null)).toBe(100 * minuteMs);
  });

  it('follows the settings of the application over those of the tenant', () => {
    const own = settings({ jwt: { ...fixed, refreshTokenLifetimeMinutes: 7 } });
    expect(expiryOf(token, own, null)).toBe(7 * minuteMs);
  });

  it.each<[string, TokenFacts, LifetimeSettings]>([
    ['of an unknown application', token, { ...settings(), applications: new Map() }],
    ['of an application of an unknown tenant', token, settings({ tenantId: other })],
    ['without a start', { ...token, startedAt: null }, settings()],
    ['without a configured lifetime', token, settings({ jwt: { ...fixed, refreshTokenLifetimeMinutes: null } })],
  ])('is not known for one %s', (_what, facts, known) => {
    expect(expiryOf(facts, known, null)).toBeNull();
  });
});

describe('the expiry of an SSO session', () => {
  it('is the session timeout of its tenant after its start', () => {
    expect(expiryOf({ ...ssoToken, startedAt: 1_000 }, settings(), null)).toBe(3_601_000);
  });

  it.each<[string, TokenFacts, LifetimeSettings]>([
    ['of an unknown tenant', { ...ssoToken, tenantId: other }, settings()],
    ['without a start', { ...ssoToken, startedAt: null }, settings()],
    ['without a configured timeout', ssoToken, settings({}, [{ id: acme, jwt: fixed, ssoLifetimeSeconds: null }])],
  ])('is not known for one %s', (_what, facts, known) => {
    expect(expiryOf(facts, known, null)).toBeNull();
  });
});

describe('with several tenants', () => {
  const two = [
    { id: acme, jwt: fixed, ssoLifetimeSeconds: 10 },
    { id: other, jwt: { ...fixed, refreshTokenLifetimeMinutes: 5 }, ssoLifetimeSeconds: 20 },
  ];

  it('an application session lives by the tenant of its application', () => {
    expect(expiryOf(token, settings({ tenantId: other }, two), acme)).toBe(5 * minuteMs);
  });

  it('an SSO session lives by the tenant it names', () => {
    expect(expiryOf({ ...ssoToken, tenantId: other }, settings({}, two), acme)).toBe(20_000);
  });

  it('an SSO session that names none lives by the tenant the service is bound to', () => {
    expect(expiryOf({ ...ssoToken, tenantId: null }, settings({}, two), other)).toBe(20_000);
  });

  it('nothing is guessed for one that names none when the service is bound to none', () => {
    expect(expiryOf({ ...ssoToken, tenantId: null }, settings({}, two), null)).toBeNull();
    expect(expiryOf(token, settings({ tenantId: null }, two), null)).toBeNull();
  });
});

describe('with one tenant', () => {
  it('an SSO session that names none lives by it', () => {
    expect(expiryOf({ ...ssoToken, tenantId: null }, settings(), null)).toBe(3_600_000);
  });

  it('a universal application lives by it', () => {
    expect(expiryOf(token, settings({ tenantId: null }), null)).toBe(100 * minuteMs);
  });
});

it('access tokens live by the settings of the application over those of the tenant', () => {
  const own = { id: shop, name: null, tenantId: acme, jwt: { ...fixed, accessTokenLifetimeSeconds: 60 } };
  expect(jwtSettingsOf(own, settings(), null)?.accessTokenLifetimeSeconds).toBe(60);
  expect(jwtSettingsOf({ ...own, jwt: null }, settings(), null)?.accessTokenLifetimeSeconds).toBe(3_600);
  expect(jwtSettingsOf({ ...own, jwt: null, tenantId: other }, settings(), null)).toBeNull();
});
