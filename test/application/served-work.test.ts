import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServedWork } from '../../src/application/operation/served-work.js';

describe('of those who take turns', () => {
  it('whoever was served less comes first, and a newcomer before those who were served more than an equal share', () => {
    const served = new ServedWork();
    for (const _ of ['a', 'b']) served.waits();
    served.count('a', 100);
    served.count('b', 500);
    expect(served.of('a')).toBeLessThan(served.of('b'));
    expect(served.of('newcomer')).toBeLessThan(served.of('b'));
    expect([served.isWithinShare('newcomer'), served.isWithinShare('b')]).toEqual([true, false]);
  });

  it('nobody saves up turns by waiting: what others had meanwhile counts as had', () => {
    const served = new ServedWork();
    served.waits();
    served.count('late', 10);
    for (let count = 0; count < 100; count++) served.count('busy', 100);
    expect(served.of('late')).toBe(served.of('newcomer'));
    served.count('late', 1_000);
    expect(served.of('late') - served.of('newcomer')).toBeGreaterThan(400);
  });

  it('somebody who is served alone owes nothing to those who come afterwards, but the last piece', () => {
    const served = new ServedWork();
    for (let count = 0; count < 1_000; count++) served.count('alone', 1_000);
    expect(served.of('alone') - served.of('newcomer')).toBeLessThanOrEqual(1_000);
  });

  it('newcomers hold nobody up for ever, however many come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 50 }),
        (had, ofNewcomer, waiting) => {
          const served = new ServedWork();
          for (let count = 0; count < waiting; count++) served.waits();
          served.count('heavy', had);
          const bound = Math.ceil((had * (waiting + 1)) / ofNewcomer) + 1;
          let newcomers = 0;
          for (; served.of('heavy') > served.of(`newcomer ${newcomers}`); newcomers++) {
            if (newcomers > bound) return false;
            served.count(`newcomer ${newcomers}`, ofNewcomer);
          }
          return true;
        },
      ),
      { numRuns: 50 },
    );
  });

  it('those who had no more than an equal share are forgotten, so that a million users hold no memory', () => {
    const served = new ServedWork();
    for (let user = 0; user < 1_000_000; user++) served.count(`user ${user}`, 1);
    expect(served.remembered).toBeLessThan(1_000);
  });
});
