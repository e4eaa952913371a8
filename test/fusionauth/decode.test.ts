import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpstreamContractError } from '../../src/domain/errors.js';
import { decodeApplication, decodeSession, decodeTenant, decodeUser } from '../../src/fusionauth/decode.js';
import type { TokenFacts } from '../../src/fusionauth/lifetimes.js';

const secret = 'ZV1rZDQ3NzQ3NTk4LTRkNjctNGM4Ny05ZDA5';

const record = {
  id: 'c0000000-0000-4000-8000-000000000001',
  token: secret,
  applicationId: 'a0000000-0000-4000-8000-000000000001',
  userId: 'b0000000-0000-4000-8000-000000000001',
  insertInstant: 1_000,
  startInstant: 2_000,
  metaData: {
    device: {
      name: 'Pixel 9',
      description: 'Chrome on Android',
      type: 'MOBILE',
      lastAccessedAddress: '203.0.113.17',
      lastAccessedInstant: 3_000,
    },
    scopes: ['openid', 'offline_access'],
  },
};

const decode = (changes: object = {}) => decodeSession({ ...record, ...changes }, () => 9_000);

function without(member: keyof typeof record): object {
  const { [member]: _left, ...rest } = record;
  return rest;
}

describe('a refresh token', () => {
  it('becomes a session', () => {
    expect(decode()).toEqual({
      kind: 'application',
      id: record.id,
      tenantId: null,
      userId: record.userId,
      applicationId: record.applicationId,
      createdAt: 1_000,
      lastAccessedAt: 3_000,
      expiresAt: 9_000,
      device: { name: 'Pixel 9', description: 'Chrome on Android', type: 'MOBILE' },
      ipAddress: '203.0.113.17',
      scopes: ['openid', 'offline_access'],
    });
  });

  it('leaves its secret value behind', () => {
    expect(JSON.stringify(decode())).not.toContain(secret);
  });

  it('tells what its expiry depends on', () => {
    let seen: TokenFacts | undefined;
    decodeSession({ ...record, tenantId: 'D0000000-0000-4000-8000-000000000001' }, (facts) => {
      seen = facts;
      return null;
    });
    expect(seen).toEqual({
      applicationId: record.applicationId,
      tenantId: 'd0000000-0000-4000-8000-000000000001',
      createdAt: 1_000,
      startedAt: 2_000,
    });
  });

  it.each([
    ['absent', undefined],
    ['null', null],
  ])('whose applicationId is %s is an SSO session', (_what, applicationId) => {
    expect(decode({ applicationId })).toMatchObject({ kind: 'sso', applicationId: null });
  });

  it.each([
    ['malformed', 'shop'],
    ['empty', ''],
    ['of another type', 7],
  ])('whose applicationId is %s does not pass for an SSO session', (_what, applicationId) => {
    expect(() => decode({ applicationId })).toThrow(UpstreamContractError);
  });

  it.each(['id', 'userId', 'insertInstant'] as const)('without %s is refused', (member) => {
    expect(() => decodeSession(without(member), () => null)).toThrow(UpstreamContractError);
  });

  it.each([
    ['id', 'x'],
    ['id', ['c0000000-0000-4000-8000-000000000001']],
    ['userId', '../x'],
    ['insertInstant', '1000'],
    ['insertInstant', 1.5],
    ['insertInstant', Number.NaN],
    ['insertInstant', 8.64e15 + 1],
  ])('with a malformed %s (%j) is refused', (member, value) => {
    expect(() => decode({ [member]: value })).toThrow(UpstreamContractError);
  });

  it.each([
    ['a text', 'openid'],
    ['an object', {}],
    ['missing', undefined],
  ])('whose scopes are %s shows none', (_what, scopes) => {
    expect(decode({ metaData: { scopes } }).scopes).toEqual([]);
  });

  it.each([
    ['without metaData', without('metaData')],
    ['with null as metaData', { metaData: null }],
    ['without a device', { metaData: {} }],
    ['with a device of another type', { metaData: { device: 'phone' } }],
    ['with device members of other types', { metaData: { device: { name: 1, type: {}, lastAccessedInstant: 'x' } } }],
  ])('%s has a device nothing is known of', (_what, changes) => {
    const { metaData: _left, ...rest } = record;
    const session = decodeSession({ ...rest, ...changes, token: secret }, () => null);
    expect(session).toMatchObject({
      device: { name: null, description: null, type: null },
      ipAddress: null,
      lastAccessedAt: null,
      scopes: [],
    });
  });

  it.each([[undefined], [null], ['text'], [7], [[record]]])('that is %j instead of an object is refused', (value) => {
    expect(() => decodeSession(value, () => null)).toThrow(UpstreamContractError);
  });

  it('is either decoded or refused, whatever it holds', () => {
    const anyRecord = fc.record(
      {
        id: fc.oneof(fc.uuid(), fc.anything()),
        userId: fc.oneof(fc.uuid(), fc.anything()),
        applicationId: fc.oneof(fc.uuid(), fc.anything()),
        insertInstant: fc.oneof(fc.nat(), fc.anything()),
        startInstant: fc.anything(),
        metaData: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyRecord, (value) => {
        try {
          decodeSession(value, () => null);
        } catch (error) {
          expect(error).toBeInstanceOf(UpstreamContractError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a user', () => {
  const id = record.userId;

  it('has nulls for what FusionAuth leaves out', () => {
    expect(decodeUser({ id })).toEqual({
      id,
      email: null,
      username: null,
      phoneNumber: null,
      displayName: null,
      active: true,
      lastLoginAt: null,
      tenantId: null,
      verified: null,
    });
  });

  it.each([
    [{ fullName: 'Alice Archer', firstName: 'A', lastName: 'B' }, 'Alice Archer'],
    [{ firstName: 'Alice', lastName: 'Archer' }, 'Alice Archer'],
    [{ lastName: 'Archer' }, 'Archer'],
    [{}, null],
  ])('%j is shown as %s', (names, displayName) => {
    expect(decodeUser({ id, ...names }).displayName).toBe(displayName);
  });

  it('without an id is refused', () => {
    expect(() => decodeUser({ email: 'alice@example.com' })).toThrow(UpstreamContractError);
  });
});

describe('settings', () => {
  const jwtConfiguration = {
    timeToLiveInSeconds: 60,
    refreshTokenTimeToLiveInMinutes: 100,
    refreshTokenExpirationPolicy: 'Fixed',
    refreshTokenSlidingWindowConfiguration: { maximumTimeToLiveInMinutes: 500 },
  };
  const id = record.applicationId;

  it('of an application count only when they are enabled', () => {
    expect(decodeApplication({ id, jwtConfiguration }).jwt).toBeNull();
    expect(decodeApplication({ id, jwtConfiguration: { ...jwtConfiguration, enabled: true } }).jwt).toEqual({
      accessTokenLifetimeSeconds: 60,
      refreshTokenLifetimeMinutes: 100,
      slides: false,
      maximumLifetimeMinutes: null,
    });
  });

  it('of a tenant always count', () => {
    expect(decodeTenant({ id, jwtConfiguration, httpSessionMaxInactiveInterval: 3_600 })).toEqual({
      id,
      jwt: {
        accessTokenLifetimeSeconds: 60,
        refreshTokenLifetimeMinutes: 100,
        slides: false,
        maximumLifetimeMinutes: null,
      },
      name: null,
      ssoLifetimeSeconds: 3_600,
    });
  });

  it.each([
    ['Fixed', false, null],
    ['SlidingWindow', true, null],
    ['SlidingWindowWithMaximumLifetime', true, 500],
  ])('under %s: slides %s, maximum lifetime %s', (refreshTokenExpirationPolicy, slides, maximumLifetimeMinutes) => {
    const tenant = decodeTenant({ id, jwtConfiguration: { ...jwtConfiguration, refreshTokenExpirationPolicy } });
    expect(tenant.jwt).toMatchObject({ slides, maximumLifetimeMinutes });
  });

  it('that are missing are unknown', () => {
    const unknown = {
      accessTokenLifetimeSeconds: null,
      refreshTokenLifetimeMinutes: null,
      slides: false,
      maximumLifetimeMinutes: null,
    };
    expect(decodeTenant({ id })).toEqual({ id, name: null, jwt: unknown, ssoLifetimeSeconds: null });
    expect(decodeApplication({ id })).toEqual({ id, name: null, tenantId: null, jwt: null });
  });

  it('without an id are refused', () => {
    expect(() => decodeApplication({ name: 'Shop' })).toThrow(UpstreamContractError);
    expect(() => decodeTenant({ name: 'Acme' })).toThrow(UpstreamContractError);
  });
});
