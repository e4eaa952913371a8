import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, UndecodableEventError } from '../../src/webhook/decode-event.js';
import { examples, ids, signInJson } from '../support/webhook-events.js';
import { refused, refusedEvent } from './support/decoding.js';

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
