import { describe, expect, it } from 'vitest';
import { median, medians, percentile } from '../../bench/load/statistics.js';
import { exponentOf } from '../../bench/scenarios/growth.js';

describe('the statistics of the benchmark', () => {
  it('take the middle value, or the mean of the middle two', () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([40, 10, 20, 30])).toBe(25);
  });

  it('sort by size, not by text', () => {
    expect(median([9, 10, 100])).toBe(10);
    expect(percentile([100, 9, 10], 100)).toBe(100);
  });

  it('take the smallest value that so many do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(percentile(values, 50)).toBe(100);
    expect(percentile(values, 99)).toBe(198);
    expect(percentile([7], 99)).toBe(7);
  });

  it('take the median of each figure apart', () => {
    const rounds = [
      { fast: 1, slow: 30 },
      { fast: 3, slow: 10 },
      { fast: 2, slow: 20 },
    ];
    expect(medians(rounds)).toEqual({ fast: 2, slow: 20 });
  });

  it('find the power by which a cost grows, beside what every operation costs', () => {
    const steps = [1, 10, 100, 1_000].map((size) => ({ size, cpuMicros: 7 * size ** 1.5 }));
    expect(exponentOf(steps)).toBeCloseTo(1.5, 6);
    expect(exponentOf([1, 10].map((size) => ({ size, cpuMicros: 3 * size })))).toBeCloseTo(1, 6);
  });

  it('refuse to tell of nothing', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => percentile([], 50)).toThrow(RangeError);
    expect(() => medians([])).toThrow(RangeError);
  });
});
