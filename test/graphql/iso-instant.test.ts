import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toIsoText } from '../../src/graphql/schema/iso-instant.js';

const maxInstant = 8.64e15;
const asDate = (instant: number) => new Date(instant).toISOString();

describe('the text of an instant is that of Date.prototype.toISOString', () => {
  it('over the whole range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -maxInstant, max: maxInstant }), (instant) => {
        expect(toIsoText(instant)).toBe(asDate(instant));
      }),
      { numRuns: 5_000 },
    );
  });

  it('in these centuries, within few days and over many', () => {
    const [from, to] = [Date.UTC(1900, 0), Date.UTC(2200, 0)];
    fc.assert(
      fc.property(
        fc.integer({ min: from, max: to }),
        fc.integer({ min: -90_000_000, max: 90_000_000 }),
        (instant, by) => {
          expect(toIsoText(instant)).toBe(asDate(instant));
          expect(toIsoText(instant + by)).toBe(asDate(instant + by));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each([
    0,
    -0,
    -1,
    1,
    999.9,
    -0.5,
    86_399_999,
    86_400_000,
    -86_400_000,
    -86_400_001,
    Date.UTC(2028, 1, 29, 23, 59, 59, 999),
    Date.UTC(9_999, 11, 31, 23, 59, 59, 999),
    Date.UTC(10_000, 0),
    -62_167_219_200_000,
    -62_167_219_200_001,
    maxInstant,
    -maxInstant,
  ])('for %d ms', (instant) => {
    expect(toIsoText(instant)).toBe(asDate(instant));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, maxInstant + 1, -maxInstant - 1])(
    'and there is none for %d',
    (instant) => {
      expect(() => toIsoText(instant)).toThrow(RangeError);
      expect(() => asDate(instant)).toThrow(RangeError);
    },
  );
});
