import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionId, UserId } from '../../src/domain/ids.js';
import type { HistoryEntry, HistoryFilter } from '../../src/domain/ports/session-history.js';
import type { RevocationCause } from '../../src/domain/revocation-cause.js';
import { InProcessSessionHistory } from '../../src/in-process/session-history.js';

const userIds = ['ann', 'bob', 'cem'] as UserId[];
const sessionIds = ['one', 'two', 'three', 'four'] as SessionId[];
const [ann = '' as UserId, bob = ann] = userIds;
const [session = '' as SessionId] = sessionIds;
const anyEntry: HistoryFilter = {
  userId: null,
  sessionId: null,
  applicationId: null,
  actorName: null,
  actorUserId: null,
  requestId: null,
  reason: null,
  outcome: null,
  since: null,
  until: null,
};
const cause: RevocationCause = {
  reason: 'OTHER',
  actor: { kind: 'service', userId: null, name: 'shop' },
  comment: null,
  requestId: 'request',
};
const failureOf = (userId: UserId) => ({ userId, sessionId: session, applicationId: null, tenantId: null, cause });

const maxEntries = 12;
const maxAgeMs = 100;

const steps = fc.array(fc.record({ user: fc.nat(2), of: fc.nat(3), waitsMs: fc.nat(20) }), {
  maxLength: 60,
});
const filters = fc.record({
  userId: fc.constantFrom(null, ...userIds),
  sessionId: fc.constantFrom(null, ...sessionIds),
  since: fc.constantFrom(null, 40, 200),
});

describe('the history of one process', () => {
  it('pages through what is kept and matches, the newest first, however much was forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(steps, filters, fc.integer({ min: 1, max: 4 }), async (all, chosen, first) => {
        let now = 0;
        const history = new InProcessSessionHistory({ maxEntries, maxAgeMs, clock: { now: () => now } });
        const filter = { ...anyEntry, ...chosen };
        let model: Pick<HistoryEntry, 'userId' | 'sessionId' | 'recordedAt'>[] = [];
        for (const { user, of, waitsMs } of all) {
          now += waitsMs;
          const userId = userIds[user] ?? ann;
          const sessionId = sessionIds[of] ?? session;
          await history.recordFailed([{ userId, sessionId, applicationId: null, tenantId: null, cause }]);
          model = [...model, { userId, sessionId, recordedAt: now }].slice(-maxEntries);
        }
        const expected = model
          .filter(({ recordedAt }) => now - recordedAt <= maxAgeMs)
          .filter(({ userId }) => filter.userId === null || userId === filter.userId)
          .filter(({ sessionId }) => filter.sessionId === null || sessionId === filter.sessionId)
          .filter(({ recordedAt }) => filter.since === null || recordedAt >= filter.since)
          .reverse();
        const listed: HistoryEntry[] = [];
        for (let after: string | null = null; ; ) {
          const page: readonly HistoryEntry[] = await history.list(filter, first, after);
          listed.push(...page);
          after = page.at(-1)?.id ?? null;
          if (page.length < first) break;
        }
        expect(listed).toMatchObject(expected);
        expect(listed).toHaveLength(expected.length);
      }),
      { numRuns: 100 },
    );
  });

  it('counts every entry that it looks at, and lets the event loop turn in between', async () => {
    const history = new InProcessSessionHistory({ maxEntries: 10_000, maxAgeMs, clock: { now: () => 0 } });
    await history.recordFailed(Array.from({ length: 10_000 }, () => failureOf(ann)));
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    let looked = 0;
    const found = await history.list({ ...anyEntry, actorName: 'nobody' }, 1, null, (entries) => {
      looked += entries;
    });
    isOver = true;
    expect([found, looked]).toEqual([[], 10_000]);
    expect(turns).toBeGreaterThan(5);
  });

  it('looks at no more than a page needs', async () => {
    const history = new InProcessSessionHistory({ maxEntries: 10_000, maxAgeMs, clock: { now: () => 0 } });
    await history.recordFailed([failureOf(ann), ...Array.from({ length: 5_000 }, () => failureOf(bob))]);
    const lookedAt = async (filter: HistoryFilter) => {
      let looked = 0;
      await history.list(filter, 10, null, (entries) => {
        looked += entries;
      });
      return looked;
    };
    expect(await lookedAt(anyEntry)).toBe(10);
    expect(await lookedAt({ ...anyEntry, userId: ann })).toBe(1);
  });

  it('stops looking when what it counts for refuses', async () => {
    const history = new InProcessSessionHistory({ maxEntries: 10_000, maxAgeMs, clock: { now: () => 0 } });
    await history.recordFailed(Array.from({ length: 5_000 }, () => failureOf(ann)));
    let looked = 0;
    const listing = history.list({ ...anyEntry, actorName: 'nobody' }, 1, null, (entries) => {
      looked += entries;
      throw new Error('too much');
    });
    await expect(listing).rejects.toThrow('too much');
    expect(looked).toBe(1_000);
  });
});
