import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseApplicationId, parseSessionId, parseTenantId, parseUserId } from '../../src/domain/ids.js';

describe.each([
  ['parseSessionId', parseSessionId],
  ['parseUserId', parseUserId],
  ['parseApplicationId', parseApplicationId],
  ['parseTenantId', parseTenantId],
])('%s', (_name, parse) => {
  it('answers any UUID in lower case', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(parse(uuid.toUpperCase())).toBe(uuid.toLowerCase());
      }),
    );
  });

  it('accepts UUIDs outside RFC 4122, which FusionAuth uses', () => {
    expect(parse('00000000-0000-0000-0000-111111111111')).toBe('00000000-0000-0000-0000-111111111111');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object that looks like a UUID', { toString: () => '3c219e58-ed0e-4b18-ad48-f4f92793ae32' }],
    ['an empty text', ''],
    ['a path', '../x'],
    ['a UUID with a path behind it', '3c219e58-ed0e-4b18-ad48-f4f92793ae32/../x'],
    ['a UUID with a query behind it', '3c219e58-ed0e-4b18-ad48-f4f92793ae32?userId=1'],
    ['a UUID with a NUL behind it', '3c219e58-ed0e-4b18-ad48-f4f92793ae32\0'],
    ['a UUID with a line feed behind it', '3c219e58-ed0e-4b18-ad48-f4f92793ae32\n'],
    ['a UUID on a second line', 'x\n3c219e58-ed0e-4b18-ad48-f4f92793ae32'],
    ['spaces around', ' 3c219e58-ed0e-4b18-ad48-f4f92793ae32 '],
    ['braces around', '{3c219e58-ed0e-4b18-ad48-f4f92793ae32}'],
    ['no dashes', '3c219e58ed0e4b18ad48f4f92793ae32'],
    ['a letter beyond f', '3c219e58-ed0e-4b18-ad48-f4f92793ae3g'],
    ['full-width digits', '３c219e58-ed0e-4b18-ad48-f4f92793ae32'],
    ['a letter that lower-cases into ASCII', '3c219e58-ed0e-4b18-ad48-f4f92793ae3\u212a'],
  ])('refuses %s', (_what, value) => {
    expect(parse(value)).toBeUndefined();
  });

  it('decides as the pattern of a UUID does, whatever signs stand where', () => {
    const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
    const sign = fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, fc.string({ unit: 'binary', maxLength: 2 }));
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), fc.nat(36), sign, (uuid, isUpper, position, other) => {
        const signs = [...(isUpper ? uuid.toUpperCase() : uuid)];
        if (other !== null) signs[position] = other;
        const value = signs.join('');
        expect(parse(value)).toBe(pattern.test(value) ? value.toLowerCase() : undefined);
      }),
    );
  });

  it('answers only hex digits and dashes, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.uuid(), fc.anything()), (value) => {
        expect(parse(value) ?? '').toMatch(/^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/);
      }),
    );
  });
});
