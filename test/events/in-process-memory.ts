import {
  type ApplicationId,
  parseApplicationId,
  parseSessionId,
  parseTenantId,
  parseUserId,
} from '../../src/domain/ids.js';
import type { Revocation } from '../../src/domain/revocation.js';
import { MovableClock } from '../../src/emulator/clock.js';
import { MemoryOfItsOwn } from '../support/in-process-parts.js';

const uuid = (number: number) => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
export const sessionOf = (number: number) => required(parseSessionId(uuid(number)));
export const userOf = (number: number) => required(parseUserId(uuid(number)));
export const tenantOf = (number: number) => required(parseTenantId(uuid(number)));
export const applicationOf = (number: number): ApplicationId => required(parseApplicationId(uuid(number)));

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('A required value is missing');
  return value;
}

export const start = Date.parse('2026-01-31T12:00:00Z');

export function memoryOf({ maxEntries = 100 } = {}) {
  const clock = new MovableClock();
  clock.set(start);
  const forgotten: number[] = [];
  const memory = new MemoryOfItsOwn({
    maxEntries,
    endingMaxAgeMs: 60_000,
    clock,
    onForgotten: (completeSince) => forgotten.push(completeSince),
  });
  return { memory, clock, forgotten };
}

export function ofSession(number: number, lifetimeMs = 3_600_000, at = start): Revocation {
  return {
    sessionId: sessionOf(number),
    userId: userOf(1),
    applicationId: applicationOf(1),
    issuedBefore: at,
    expiresAt: at + lifetimeMs,
  };
}

export const sessionsIn = (list: readonly Revocation[]) => list.map(({ sessionId }) => Number(sessionId?.slice(-12)));
