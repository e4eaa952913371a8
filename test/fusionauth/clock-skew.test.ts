import { describe, expect, it } from 'vitest';
import { ClockSkew, clockOfFusionAuth, laterClock, notableSkewMs } from '../../src/fusionauth/clock-skew.js';

const minuteMs = 60_000;
const ours = Date.UTC(2026, 0, 31, 12);

function measure() {
  const said: number[] = [];
  const skew = new ClockSkew({ clock: { now: () => ours }, onSkew: (ms) => said.push(ms) });
  const answer = (aheadMs: number, tookMs = 5) =>
    skew.observeDate(new Date(ours + aheadMs).toUTCString(), ours - tookMs, ours);
  return { skew, said, answer };
}

describe('the skew of the clocks', () => {
  it('is nothing as long as nothing shows', () => {
    expect(measure().skew.aheadMs).toBe(0);
  });

  it.each([0, 300, -300, -1_999])(
    'is nothing when the Date of an answer is %i ms off, which whole seconds explain',
    (ms) => {
      const { skew, answer } = measure();
      answer(ms);
      expect(skew.aheadMs).toBe(0);
    },
  );

  it('is nothing when an answer took as long as its Date is old', () => {
    const { skew, answer } = measure();
    answer(-30_000, 31_000);
    expect(skew.aheadMs).toBe(0);
  });

  it.each([10 * minuteMs, -10 * minuteMs])('of %i ms is measured to two seconds', (ms) => {
    const { skew, answer } = measure();
    answer(ms);
    expect(Math.abs(skew.aheadMs - ms)).toBeLessThanOrEqual(2_005);
  });

  it('is not moved by one odd answer among others', () => {
    const { skew, answer } = measure();
    for (const ms of [0, 0, 7 * minuteMs, 0]) answer(ms);
    expect(skew.aheadMs).toBe(0);
  });

  it('follows a clock that was set', () => {
    const { skew, answer } = measure();
    for (const ms of [0, 0, 0, 0, 0, minuteMs, minuteMs, minuteMs]) answer(ms);
    expect(skew.aheadMs).toBe(minuteMs);
  });

  it('is taken for a day when it is more', () => {
    const { skew, answer } = measure();
    answer(400 * 24 * 60 * minuteMs);
    expect(skew.aheadMs).toBe(24 * 60 * minuteMs);
  });

  it.each(['', 'yesterday', '\u0000'])('is not told by the Date %j', (date) => {
    const { skew } = measure();
    skew.observeDate(date, ours, ours);
    expect(skew.aheadMs).toBe(0);
  });

  it('shows in an event that has yet to happen, and not in one that came late', () => {
    const { skew } = measure();
    skew.observeEvent(ours - minuteMs);
    expect(skew.aheadMs).toBe(0);
    skew.observeEvent(ours + minuteMs);
    expect(skew.aheadMs).toBe(minuteMs);
  });

  it('is said once when it is notable, and again when it has been gone', () => {
    const { said, answer } = measure();
    for (const ms of [notableSkewMs, minuteMs, minuteMs, minuteMs, 0, 0, 0, 0, minuteMs, minuteMs, minuteMs])
      answer(ms);
    expect(said).toEqual([minuteMs, minuteMs]);
  });
});

describe('the clock for what FusionAuth has stamped', () => {
  it.each([minuteMs, -minuteMs])('goes with FusionAuth that is %i ms ahead', (aheadMs) => {
    expect(clockOfFusionAuth({ now: () => ours }, { aheadMs }).now()).toBe(ours + aheadMs);
  });

  it('for access tokens is never earlier than ours', () => {
    expect(laterClock({ now: () => ours }, { aheadMs: minuteMs }).now()).toBe(ours + minuteMs);
    expect(laterClock({ now: () => ours }, { aheadMs: -minuteMs }).now()).toBe(ours);
  });
});
