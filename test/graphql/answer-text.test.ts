import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces } from '../../src/graphql/engine/answer-text.js';

const leaf = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null));

/** Values as answers hold them, and what else JSON.stringify leaves out or makes null. */
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(leaf, fc.constant(undefined), fc.date()),
    fc.array(tie('value'), { maxLength: 40 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 20, noNullPrototype: false }),
  ),
}));

/** More than are written at once. */
const manyValues = (value: unknown) => ({ data: Array.from({ length: 600 }, () => value) });

describe('the pieces of a long answer', () => {
  it('are together what JSON.stringify makes of it', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const mixed = { data: [value, manyValues(value), value, null, manyValues([value])] };
        for (const whole of [manyValues(value), mixed, { data: null, more: { inner: manyValues([value]) } }]) {
          expect([...jsonPieces(whole)].join('')).toBe(JSON.stringify(whole));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are of bounded size each', () => {
    const sessions = Array.from({ length: 1_000 }, (_, index) => ({ id: index, device: { name: 'x'.repeat(100) } }));
    const pieces = [...jsonPieces({ data: { users: [{ sessions }, { sessions }] } })];
    // Four values each, of which 500 are written at once.
    const longest = JSON.stringify(sessions.slice(-125)).length;
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(longest);
  });

  it('are one where there is little', () => {
    expect([...jsonPieces({ data: { viewer: { name: 'alice' } } })]).toEqual(['{"data":{"viewer":{"name":"alice"}}}']);
  });
});
