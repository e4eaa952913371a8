import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Batches } from '../../src/postgres/batches.js';

/** Adds items, each of which is its keys, at one moment. @returns the batches in which they were carried out. */
async function batchesOf(items: readonly string[], maxItems = 100): Promise<readonly (readonly number[])[]> {
  const run: number[][] = [];
  const batches = new Batches<{ readonly index: number; readonly keys: readonly string[] }, number>({
    async run(batch) {
      run.push(batch.map(({ index }) => index));
      return batch.map(({ index }) => index);
    },
    maxItems,
    maxWaiting: 100_000,
    keysOf: ({ keys }) => keys,
    refuse: () => new Error('Too many wait'),
  });
  const results = await Promise.all(items.map((keys, index) => batches.add({ index, keys: [...keys] })));
  expect(results, 'everybody gets the own result').toEqual(items.map((_, index) => index));
  return run;
}

it('carries out what several callers add about the same things in as many batches as there are callers', async () => {
  const things = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(97 + index));
  const fiveCallers = things.flatMap((thing) => Array<string>(5).fill(thing));
  expect(await batchesOf(fiveCallers)).toHaveLength(5);
});

it('keeps the order of items that share a key, has none of them in one batch, and passes nobody over for ever', async () => {
  const items = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 2 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(items, fc.integer({ min: 1, max: 8 }), async (all, maxItems) => {
      const run = await batchesOf(all, maxItems);
      const batchOf = new Map(run.flatMap((batch, number) => batch.map((index) => [index, number] as const)));
      expect(run.flat().toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
      for (const batch of run) {
        expect(batch.length).toBeLessThanOrEqual(maxItems);
        expect(batch).toEqual(batch.toSorted((a, b) => a - b));
      }
      for (const [later, keys] of all.entries()) {
        for (const [earlier, others] of all.slice(0, later).entries()) {
          if (![...keys].some((key) => others.includes(key))) continue;
          expect(batchOf.get(earlier)).toBeLessThan(batchOf.get(later) ?? -1);
        }
      }
    }),
  );
});
