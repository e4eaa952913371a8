import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../src/webhook/decode-event.js';
import { type EventJson, eventJson, examples, ids, signInJson } from '../support/webhook-events.js';
import { decode, refusedEvent } from './support/decoding.js';

describe('an event', () => {
  it.each(Object.entries(examples))('(%s) is decoded, and what is not known of it dropped', (_what, example) => {
    const event = example();
    const decoded = decode(event);
    expect(decoded).not.toBeNull();
    expect(decode({ ...event, inFuture: { deep: [1] }, info: { ipAddress: '192.0.2.1' }, user2: null })).toEqual(
      decoded,
    );
    expect(JSON.stringify(decoded)).not.toMatch(/secret|token":/);
  });

  it('has its instant, tenant and id', () => {
    const event = signInJson({ createInstant: 1_700_000_000_123, tenantId: ids.tenant.toUpperCase() });
    expect(decode(event)).toMatchObject({ id: event.id, occurredAt: 1_700_000_000_123, tenantId: ids.tenant });
  });

  it.each([8_640_000_000_000_001, Number.MAX_SAFE_INTEGER, 1e300, -1])(
    'of the instant %d is refused',
    (createInstant) => {
      expect(refusedEvent(signInJson({ createInstant })).member).toBe('event.createInstant');
    },
  );

  it('of no tenant has none', () => {
    expect(decode(signInJson({ tenantId: undefined }))).toMatchObject({ tenantId: null });
    expect(decode(signInJson({ tenantId: null }))).toMatchObject({ tenantId: null });
  });

  it('is the same whatever the case of its id', () => {
    const event = signInJson({ id: 'ABCDEF00-0000-4000-8000-000000000001' });
    expect(decode(event)?.id).toBe('abcdef00-0000-4000-8000-000000000001');
  });

  it.each([
    'user.create',
    'jwt.public-key.update',
    'user.login.failed',
    'audit-log.create',
    'of.the.future',
    '',
    'constructor',
    '__proto__',
    'JWT.REFRESH',
  ])('of the type %j is not listened to, whatever is in it', (type) => {
    expect(decode({ type })).toBeNull();
    expect(decode({ type, id: 4, user: 'x' })).toBeNull();
  });
});

describe('a revocation', () => {
  const { 'session revoked': ofSession, 'user revoked': ofUser, 'application revoked': ofApplication } = examples;

  it('of an SSO session may leave the lifetimes out, as no access token is concerned', () => {
    const event = { ...ofSession(), applicationId: undefined, applicationTimeToLiveInSeconds: undefined };
    expect(decode(event)).toMatchObject({ applicationId: null, accessTokenLifetimes: new Map() });
  });

  it('takes what is missing from the session itself', () => {
    const refreshToken = { id: ids.session, userId: ids.user, applicationId: ids.shop };
    expect(decode({ ...ofSession(), userId: undefined, applicationId: null, refreshToken })).toMatchObject({
      kind: 'sessionRevoked',
      userId: ids.user,
      applicationId: ids.shop,
    });
  });

  it('is taken whatever its device is, of which texts alone count', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (metaData, name) => {
        const refreshToken = { id: ids.session, userId: ids.user, applicationId: ids.shop };
        for (const odd of [metaData, { device: metaData }, { device: { name } }]) {
          const event = decode({ ...ofSession(), refreshToken: { ...refreshToken, metaData: odd } });
          expect(event).toMatchObject({ kind: 'sessionRevoked', sessionId: ids.session });
        }
      }),
    );
  });

  it('of a user whom only its member user names is not one of all users of the application', () => {
    const { userId: _named, ...event } = examples['user revoked in an application']();
    const user = { id: ids.user, active: true };
    expect(decode({ ...event, user })).toMatchObject({
      kind: 'userRevoked',
      userId: ids.user,
      applicationId: ids.shop,
    });
    expect(decode({ ...event, user: null })).toMatchObject({ kind: 'applicationRevoked' });
    for (const odd of [{ id: 'somebody' }, {}, 'somebody', 7]) {
      expect(refusedEvent({ ...event, user: odd }).member).toBe('event.userId');
    }
    expect(decode({ ...examples['session revoked'](), user: { id: 'somebody' } })).toMatchObject({ userId: ids.user });
  });

  it('with members that are null is told apart like one without them', () => {
    const nothing = { refreshToken: null, applicationId: null };
    expect(decode({ ...ofUser(), ...nothing })).toMatchObject({ kind: 'userRevoked', applicationId: null });
    expect(decode({ ...ofApplication(), refreshToken: null, userId: null })).toMatchObject({
      kind: 'applicationRevoked',
    });
  });

  it.each<[string, () => EventJson]>([
    ['of a session', () => ({ ...ofSession(), applicationTimeToLiveInSeconds: undefined })],
    [
      'of a user in an application',
      () => ({ ...ofUser(), applicationId: ids.shop, applicationTimeToLiveInSeconds: null }),
    ],
    ['of an application', () => ({ ...ofApplication(), applicationTimeToLiveInSeconds: {} })],
  ])('%s is taken also when it lacks the lifetime of its application, which is then not known', (_what, event) => {
    expect(decodeEvent(Buffer.from(JSON.stringify({ event: event() })))).toMatchObject({
      applicationId: ids.shop,
      accessTokenLifetimes: new Map(),
    });
  });

  it.each<[string, () => EventJson, string]>([
    ['whose session has no id', () => ({ ...ofSession(), refreshToken: {} }), 'refreshToken.id'],
    ['of a session of nobody', () => ({ ...ofSession(), userId: undefined }), 'userId'],
    ['without lifetimes', () => ({ ...ofUser(), applicationTimeToLiveInSeconds: undefined }), lifetimes()],
    ['whose lifetimes are null', () => ({ ...ofUser(), applicationTimeToLiveInSeconds: null }), lifetimes()],
    ['of nothing', () => eventJson('jwt.refresh-token.revoke', { applicationTimeToLiveInSeconds: {} }), 'userId'],
  ])('%s is refused', (_what, event, member) => {
    expect(refusedEvent(event())).toMatchObject({ type: 'jwt.refresh-token.revoke', member: `event.${member}` });
  });

  it.each<[unknown, number | null]>([
    [600, 600],
    [0, null],
    [1.5, 2],
    [9_007_199_254_740_991, 2 ** 31 - 1],
    [1e300, 2 ** 31 - 1],
    [-1, null],
    ['5', null],
    [null, null],
    [{}, null],
  ])('with a lifetime of %j names its application all the same, and is taken to last %j seconds', (seconds, known) => {
    for (const event of [ofUser(), ofSession(), ofApplication()]) {
      expect(decode({ ...event, applicationTimeToLiveInSeconds: { [ids.shop]: seconds } })).toMatchObject({
        accessTokenLifetimes: new Map([[ids.shop, known]]),
      });
    }
  });

  it('with a lifetime for no application at all counts for the others', () => {
    const applicationTimeToLiveInSeconds = { '': 3_600, null: 3_600, 'no application': {}, [ids.shop]: 600 };
    for (const event of [ofUser(), ofSession(), ofApplication()]) {
      expect(decode({ ...event, applicationTimeToLiveInSeconds })).toMatchObject({
        accessTokenLifetimes: new Map([[ids.shop, 600]]),
      });
    }
  });

  it('of a session is taken whatever its lifetimes are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (applicationTimeToLiveInSeconds) => {
        expect(decode({ ...ofSession(), applicationTimeToLiveInSeconds })).toMatchObject({
          kind: 'sessionRevoked',
          sessionId: ids.session,
        });
      }),
    );
  });

  it('of a user that names applications only by what is no id is refused, as nobody could say what has ended', () => {
    for (const odd of [{ shop: 600 }, [], 'shop', 7]) {
      expect(refusedEvent({ ...ofUser(), applicationTimeToLiveInSeconds: odd })).toMatchObject({
        member: `event.${lifetimes()}`,
      });
    }
  });

  it('does not name the key of a lifetime that is wrong, which may be anything', () => {
    const error = refusedEvent({ ...ofUser(), applicationTimeToLiveInSeconds: { 'secret-refresh-token': 1 } });
    expect(JSON.stringify([error, error.message, error.member])).not.toContain('secret');
  });
});

describe('a refresh', () => {
  it('names the session of the new access token, without verifying it', async () => {
    const token = await new SignJWT({ sid: ids.session })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.alloc(32, 'of somebody else'));
    expect(decode({ ...examples.refresh(), token })).toMatchObject({ sessionId: ids.session });
  });

  it.each([{}, { sid: 'changed by a lambda' }, { sid: null }, { sid: [ids.session] }])(
    'of an access token with %j names no session',
    async (claims) => {
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32));
      expect(decode({ ...examples.refresh(), token })).toMatchObject({ sessionId: null });
    },
  );

  it.each(['', 'x', 'a.b.c', 'e30.e30', 7, null, undefined])('whose access token is %j is refused', (token) => {
    const error = refusedEvent({ ...examples.refresh(), token });
    expect(error).toMatchObject({ type: 'jwt.refresh', member: 'event.token' });
  });
});

function lifetimes(): string {
  return 'applicationTimeToLiveInSeconds';
}
