import type { Clock } from '../domain/ports/clock.js';
import type { SessionClaims } from '../domain/ports/session-claims.js';
import type { UserLock } from '../domain/ports/user-lock.js';
import { InProcessSessionClaims } from './session-claims.js';
import { InProcessUserLock } from './user-lock.js';

/** How calls that end sessions of one user get along with each other, and for how long they wait. */
export interface Turns {
  readonly userLock: UserLock;
  readonly claims: SessionClaims;
  readonly maxHoldWaitMs: number;
  readonly maxTurnWaitMs: number;
}

/** How many calls may wait that choose which sessions of a user stay. */
const maxWaitingPerUser = 100;

/** How long a call of the default rule waits for a session that another call keeps, before it answers PARTIAL. */
const maxHoldWaitMs = 1_000;

/** Turns among the calls of this process. */
export function createInProcessTurns(clock: Clock, maxTurnWaitMs: number): Turns {
  return {
    userLock: new InProcessUserLock({ maxWaiting: maxWaitingPerUser, maxWaitMs: maxTurnWaitMs }),
    claims: new InProcessSessionClaims({ clock }),
    maxHoldWaitMs,
    maxTurnWaitMs,
  };
}
