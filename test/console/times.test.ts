import { expect, it } from 'vitest';
import { distance } from '../../src/console/times.js';

const now = new Date(2026, 10, 28, 3, 47).getTime();

it.each([
  [new Date(2026, 10, 30, 3, 12), 'in 2 days'],
  [new Date(2026, 10, 29, 3, 48), 'tomorrow'],
  [new Date(2026, 10, 29, 23, 59), 'tomorrow'],
  [new Date(2026, 10, 27, 3, 46), 'yesterday'],
  [new Date(2026, 10, 26, 23, 59), '2 days ago'],
  [new Date(2026, 11, 28, 3, 46, 30), 'in 30 days'],
  [new Date(2027, 0, 1, 0, 0), 'in 34 days'],
  [new Date(2026, 10, 28, 23, 47), 'in 20 hours'],
  [new Date(2026, 10, 27, 23, 47), '4 hours ago'],
])('days are those of the calendar: of %s, seen at 03:47 on 28 November, the console says %s', (at, expected) => {
  expect(distance(at.getTime(), now)).toBe(expected);
});
