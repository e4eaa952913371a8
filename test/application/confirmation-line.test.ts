import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfirmationLine } from '../../src/application/liveness/confirmation-line.js';
import { parseSessionId, parseUserId, type SessionId } from '../../src/domain/ids.js';

const newSession = (): SessionId => parseSessionId(randomUUID()) ?? expect.fail('no id');
const unowned = (sessionId: SessionId) => ({ tenantId: null, userId: null, sessionId });

/** Asks about so many sessions that nobody knows. */
function ask(line: ConfirmationLine, caller: string, count: number) {
  return Array.from({ length: count }, () => line.add(unowned(newSession()), 0, true, caller));
}

describe('questions whether sessions live', () => {
  it('of one service are delayed by another one with thousands of them by one at a time', () => {
    const line = new ConfirmationLine();
    ask(line, 'greedy', 10_000);
    const [first, second] = ask(line, 'guard', 2);
    expect(line.take(4).filter((question) => question === first || question === second)).toEqual([first, second]);
    expect(line.take(100)).toHaveLength(100);
  });

  it('of one service fill half of the room at most, so that another one finds some', () => {
    const line = new ConfirmationLine();
    const refused = ask(line, 'greedy', 130_000).filter((question) => question === null);
    expect(refused).toHaveLength(5_000);
    expect(ask(line, 'guard', 1)).not.toContain(null);
  });

  it('are asked once for all services that ask the same, when it is the turn of the first of them', () => {
    const line = new ConfirmationLine();
    ask(line, 'greedy', 100);
    const session = newSession();
    const asked = ['greedy', 'guard'].map((caller) => line.add(unowned(session), 0, true, caller));
    expect(asked[0]).toBe(asked[1]);
    expect(line.take(2)).toContain(asked[0]);
    expect(line.take(1_000)).not.toContain(asked[0]);
    expect(line.waitingCount).toBe(0);
  });

  it('about own sessions come after those of services', () => {
    const line = new ConfirmationLine();
    const own = line.addOwn(null, parseUserId(randomUUID()) ?? expect.fail('no id'), 0);
    const [other] = ask(line, 'guard', 1);
    expect(line.take(2)).toEqual([other, own]);
  });
});
