import { describe, expect, it } from 'vitest';
import { ClaimedIds } from '../../src/domain/claimed-ids.js';
import { MovableClock } from '../../src/emulator/clock.js';

const start = Date.UTC(2026, 10, 25);

function claims(maxClaims = 1_000) {
  const clock = new MovableClock();
  clock.set(start);
  return { clock, deliveries: new ClaimedIds(clock, maxClaims) };
}

const delivery = (number: number, expiresAt = start + 300_000) => ({ id: `event ${number}`, expiresAt });

describe('claims of deliveries', () => {
  it('are bounded in number: of 100,000 the newest 1,000 are remembered', () => {
    const { deliveries } = claims();
    for (let number = 0; number < 100_000; number += 1) expect(deliveries.claim(delivery(number))).toBe(true);
    for (let number = 99_000; number < 100_000; number += 1) expect(deliveries.claim(delivery(number))).toBe(false);
    expect(deliveries.claim(delivery(98_999))).toBe(true);
  });

  it('are forgotten once the delivery would be too old to be taken, and not before', () => {
    const { clock, deliveries } = claims();
    deliveries.claim(delivery(1));
    clock.advance(300_000);
    deliveries.claim(delivery(2, clock.now() + 300_000));
    expect(deliveries.claim(delivery(1))).toBe(false);
    clock.advance(1);
    deliveries.claim(delivery(3, clock.now() + 300_000));
    expect(deliveries.claim(delivery(1))).toBe(true);
    expect(deliveries.claim(delivery(2))).toBe(false);
  });
});
