import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { decodeEvent, UndecodableEventError } from '../../src/webhook/decode-event.js';
import { type EventJson, eventJson, examples, ids, signInJson } from '../support/webhook-events.js';

const decode = (event: unknown) => decodeEvent(Buffer.from(JSON.stringify({ event })));

/** The error that a body is refused with. */
function refused(body: string | Buffer): UndecodableEventError {
  try {
    decodeEvent(Buffer.from(body));
  } catch (error) {
    if (error instanceof UndecodableEventError) return error;
    throw error;
  }
  throw new Error('The body was understood');
}

const refusedEvent = (event: unknown) => refused(JSON.stringify({ event }));

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
    [0, 0],
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

describe('a member that is missing or wrong', () => {
  const required: readonly [keyof typeof examples, string][] = [
    ...Object.keys(examples).flatMap((name) =>
      ['id', 'createInstant'].map((member): [keyof typeof examples, string] => [name as keyof typeof examples, member]),
    ),
    ['session revoked', 'userId'],
    ['refresh', 'userId'],
    ['refresh', 'applicationId'],
    ['refresh', 'token'],
    ['sign-in', 'user'],
    ['deactivation', 'user'],
    ['deletion', 'user'],
    ['new password', 'user'],
  ];

  it.each(required)('of the event %j is named: %s', (name, member) => {
    const event = examples[name]();
    for (const value of [undefined, null, 'hunter2', true, []]) {
      const error = refusedEvent({ ...event, [member]: value });
      expect(error).toMatchObject({
        name: 'UndecodableEventError',
        type: event.type,
        eventId: member === 'id' ? null : event.id,
        member: `event.${member}`,
      });
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('hunter2');
      expect(error.cause).toBeUndefined();
    }
  });

  it.each(['tenantId', 'applicationId'])('that may be missing may not be wrong: %s', (member) => {
    expect(refusedEvent(signInJson({ [member]: 'hunter2' })).member).toBe(`event.${member}`);
  });

  it.each([-1, 1.5, '1700000000000', Number.MAX_SAFE_INTEGER + 1])('is an instant of %j', (createInstant) => {
    expect(refusedEvent(signInJson({ createInstant })).member).toBe('event.createInstant');
  });

  it.each([
    ['', 'body'],
    ['{"event":', 'body'],
    ['null', 'body'],
    ['[]', 'body'],
    ['"x"', 'body'],
    ['{}', 'event'],
    ['{"event":null}', 'event'],
    ['{"event":[]}', 'event'],
    ['{"event":{}}', 'event.type'],
    ['{"event":{"type":7}}', 'event.type'],
    ['{"type":"user.delete"}', 'event'],
  ])('is the body itself: %s', (body, member) => {
    expect(refused(body)).toMatchObject({ type: null, eventId: null, member });
  });
});

describe('whatever comes', () => {
  const outcome = (body: Buffer) => {
    try {
      return decodeEvent(body);
    } catch (error) {
      if (!(error instanceof UndecodableEventError)) throw error;
      return error;
    }
  };
  const types = Object.values(examples).map((example) => example().type);
  const members = [...new Set(Object.values(examples).flatMap((example) => Object.keys(example())))];
  const member = fc.constantFrom(...members, '__proto__', 'constructor', 'toString', 'token');
  const anyId = fc.oneof(fc.uuid(), fc.constantFrom(...Object.values(ids)), fc.string());

  it('the decoder throws nothing but its own error, of any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        outcome(Buffer.from(text));
        outcome(Buffer.from(`{"event":${text}}`));
      }),
      { numRuns: 1_000 },
    );
  });

  it('nor of events whose members are anything', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      anyId,
      fc.dictionary(anyId, fc.oneof(fc.nat(), fc.jsonValue())),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.dictionary(member, value), (type, record) => {
        outcome(Buffer.from(JSON.stringify({ event: { ...record, type } })));
      }),
      { numRuns: 2_000 },
    );
  });

  it('nor of an event with one member changed, and never makes another event of it', () => {
    const example = fc.constantFrom(...Object.values(examples));
    fc.assert(
      fc.property(example, member, fc.jsonValue(), (make, name, value) => {
        const event = make();
        const result = outcome(Buffer.from(JSON.stringify({ event: { ...event, [name]: value } })));
        if (result instanceof UndecodableEventError || result === null) return;
        expect(result).toMatchObject({ id: expect.any(String), occurredAt: expect.any(Number) });
        expect([...Object.values(ids), event.id]).toContain('userId' in result ? result.userId : event.id);
      }),
      { numRuns: 2_000 },
    );
  });

  it('nor of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void outcome(Buffer.from(bytes))),
      { numRuns: 1_000 },
    );
  });

  it('nor of JSON that is as deep as it is long', () => {
    const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
    for (const depth of [10_000, 100_000, 500_000]) {
      expect(outcome(Buffer.from(deep('[', ']', depth)))).toBeInstanceOf(UndecodableEventError);
      const user = { ...signInJson(), user: 'DEEP' };
      const body = JSON.stringify({ event: user }).replace('"DEEP"', deep('{"a":', '}', 0) + deep('[', ']', depth));
      expect(outcome(Buffer.from(body))).toMatchObject({ member: 'event.user' });
    }
  });
});

function lifetimes(): string {
  return 'applicationTimeToLiveInSeconds';
}
