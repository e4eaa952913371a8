import { z } from 'zod';

/** Where a page of a search starts and how long it is. The documented defaults: 25 results from the first. */
export const pagingJson = {
  startRow: z.number().int().nonnegative().optional(),
  numberOfResults: z.number().int().nonnegative().optional(),
};

interface Paging {
  readonly startRow?: number | undefined;
  readonly numberOfResults?: number | undefined;
}

export function pageOf<T>(records: readonly T[], { startRow = 0, numberOfResults = 25 }: Paging): T[] {
  return records.slice(startRow, startRow + numberOfResults);
}
