import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgeingMap } from '../../src/domain/ageing-map.js';

const key = fc.integer({ min: 0, max: 8 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deleteOldest' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), key }) },
);

describe('a map that knows its oldest key', () => {
  it('names the first key that a plain map names, whatever was added, deleted and added again', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, askedEvery) => {
        const [ageing, plain] = [new AgeingMap<number, string>(), new Map<number, string>()];
        for (const [index, one] of steps.entries()) {
          const at = one.kind === 'deleteOldest' ? ageing.oldest : one.key;
          for (const map of [ageing, plain]) {
            if (one.kind === 'set') map.set(one.key, `${index}`);
            else if (one.kind === 'clear') map.clear();
            else if (at !== undefined) map.delete(at);
          }
          if (index % askedEvery === 0) expect(ageing.oldest).toBe([...plain.keys()][0]);
          expect([...ageing]).toEqual([...plain]);
        }
      }),
    );
  });

  it('steps over what was deleted once, and not each time that it is asked', () => {
    const map = new AgeingMap<number, number>();
    let steps = 0;
    const keys = map.keys.bind(map);
    map.keys = () => {
      steps++;
      return keys();
    };
    for (let next = 0; next < 10_000; next++) {
      map.set(next, next);
      if (map.size > 100 && map.oldest !== undefined) map.delete(map.oldest);
    }
    expect([map.size, map.oldest, steps]).toEqual([100, 9_900, 1]);
  });
});
