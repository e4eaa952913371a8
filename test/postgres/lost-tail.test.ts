import { expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/domain/errors.js';
import { systemClock } from '../../src/domain/ports/clock.js';
import type { Publication } from '../../src/domain/ports/session-log.js';
import { InProcessRevocationMemory } from '../../src/in-process/revocation-memory.js';
import { LostTail } from '../../src/postgres/lost-tail.js';
import { sessionId, userId } from '../support/sessions.js';

const newMemory = () =>
  new InProcessRevocationMemory({
    maxEntries: 100_000,
    endingMaxAgeMs: 60_000,
    clock: systemClock,
    positionOf: () => null,
    onForgotten: () => undefined,
  });

const issuedBefore = Date.now();
const revocationOf = (number: number) => ({
  id: `revocation ${number}`,
  tenantId: null,
  sessionId: sessionId(number),
  userId,
  applicationId: null,
  issuedBefore,
  expiresAt: issuedBefore + 3_600_000,
});
const tokenOf = (number: number) => ({
  sessionId: sessionId(number),
  userId,
  applicationIds: [],
  issuedAtSeconds: Math.floor(issuedBefore / 1_000) - 1,
});

it('refuses what the database has lost for as long as that takes nothing, and publishes it then', async () => {
  const former = newMemory();
  const count = 6_000;
  for (let number = 1; number <= count; number++) former.remember(revocationOf(number), number);
  const known = newMemory();
  const tail = new LostTail();
  tail.keep(former, []);
  const refusing = { publish: () => Promise.reject(new StoreUnavailableError()) };
  for (let second = 0; second < 12; second++) await expect(tail.publish(refusing, known)).rejects.toThrow();
  expect(tail.covers(tokenOf(1))).toBe(true);
  let underWay = 0;
  let most = 0;
  const log = {
    async publish({ entries }: Publication) {
      most = Math.max(most, ++underWay);
      await null;
      underWay--;
      for (const { event } of entries) known.remember({ ...revocationOf(0), sessionId: event.sessionId }, 1);
      return 'published' as const;
    },
  };
  await tail.publish(log, known);
  expect(known.covers(tokenOf(count))).toBe(true);
  expect(most).toBeLessThan(count);
  await tail.publish(log, known);
  expect(tail.isEmpty).toBe(true);
});
