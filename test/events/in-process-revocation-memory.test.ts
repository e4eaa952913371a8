import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concerns, type TokenIdentity } from '../../src/domain/revocation.js';
import {
  applicationOf,
  memoryOf,
  ofSession,
  sessionOf,
  sessionsIn,
  start,
  tenantOf,
  userOf,
} from './in-process-memory.js';

const everything = { since: null, after: null, first: 1_000, userId: null, tenantIds: null };

describe('the memory of revocations', () => {
  it('lists them in the order in which it was told, page by page', async () => {
    const { memory } = memoryOf();
    for (const number of [3, 1, 2, 5, 4]) memory.add(ofSession(number), null);
    expect(sessionsIn(await memory.list(everything))).toEqual([3, 1, 2, 5, 4]);
    const page = await memory.list({ ...everything, first: 2 });
    expect(sessionsIn(page)).toEqual([3, 1]);
    expect(sessionsIn(await memory.list({ ...everything, after: page[1]?.id ?? '', first: 2 }))).toEqual([2, 5]);
  });

  it('lists only what is about the user who is asked for, however many there are of others', async () => {
    const { memory } = memoryOf({ maxEntries: 5_000 });
    for (let number = 1; number <= 3_000; number++) {
      await memory.add({ ...ofSession(number), userId: userOf(number % 1_000) }, null);
    }
    const found = await memory.list({ ...everything, userId: userOf(7) });
    expect(sessionsIn(found)).toEqual([7, 1_007, 2_007]);
    const [first] = found;
    expect(sessionsIn(await memory.list({ ...everything, userId: userOf(7), after: first?.id ?? '' }))).toEqual([
      1_007, 2_007,
    ]);
  });

  it('finds by time what became known since, the same as by looking at all, also when the clock was set back', async () => {
    const step = fc.record({ advanceMs: fc.integer({ min: -2_000, max: 5_000 }), lifetimeMs: fc.nat(900_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 700 }), fc.nat(699), async (steps, chosen) => {
        const { memory, clock } = memoryOf({ maxEntries: 400 });
        const at: number[] = [];
        for (const [index, { advanceMs, lifetimeMs }] of steps.entries()) {
          clock.advance(advanceMs);
          at.push(clock.now());
          await memory.add({ ...ofSession(index, 60_000 + lifetimeMs, clock.now()) }, null);
        }
        const since = at[chosen % at.length] ?? 0;
        const expected = (await memory.list(everything)).filter(
          ({ sessionId }) => (at[Number(sessionId?.slice(-12))] ?? 0) >= since,
        );
        expect(await memory.list({ ...everything, since })).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('lists for tenants and for users what looking at all of it finds, page by page, whatever was forgotten', async () => {
    const step = fc.record({
      tenant: fc.nat(4),
      user: fc.nat(3),
      advanceMs: fc.nat(4_000),
      lifetimeMs: fc.nat(300_000),
    });
    const wanted = fc.subarray([0, 1, 2, 3, 4]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 200 }),
        wanted,
        fc.integer({ min: 1, max: 9 }),
        async (steps, tenants, first) => {
          const { memory, clock } = memoryOf({ maxEntries: 60 });
          for (const [index, { tenant, user, advanceMs, lifetimeMs }] of steps.entries()) {
            clock.advance(advanceMs);
            const revocation = { ...ofSession(index, lifetimeMs, clock.now()), userId: userOf(user) };
            await memory.add(revocation, tenant === 4 ? null : tenantOf(tenant));
          }
          const tenantIds = new Set(tenants.filter((tenant) => tenant < 4).map(tenantOf));
          const all = await memory.list(everything);
          const pages: unknown[] = [];
          for (let after: string | null = null; ; ) {
            const page = await memory.list({ ...everything, tenantIds, first, after });
            pages.push(...page);
            after = page.at(-1)?.id ?? null;
            if (page.length < first) break;
          }
          expect(pages).toEqual(all.filter(({ tenantId }) => tenantId !== null && tenantIds.has(tenantId)));
          const ofUser = await memory.list({ ...everything, userId: userOf(1) });
          expect(ofUser).toEqual(all.filter(({ userId }) => userId === userOf(1)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads on after one that it has forgotten in the meantime', async () => {
    const { memory, clock } = memoryOf();
    const short = memory.add(ofSession(1, 1_000), null);
    memory.add(ofSession(2), null);
    clock.advance(120_000);
    memory.add(ofSession(3), null);
    expect(sessionsIn(await memory.list({ ...everything, after: short.id }))).toEqual([2, 3]);
  });

  it('refuses to read on after one of another log', async () => {
    const { memory } = memoryOf();
    await expect(memory.list({ ...everything, after: 'elsewhere-1' })).rejects.toThrow('of this log');
  });

  it('lists what it was told since an instant, whenever it happened', async () => {
    const { memory, clock } = memoryOf();
    memory.add(ofSession(1), null);
    clock.advance(10_000);
    memory.add(ofSession(2, 3_600_000, start - 5_000), null);
    expect(sessionsIn(await memory.list({ ...everything, since: start + 10_000 }))).toEqual([2]);
    expect(sessionsIn(await memory.list({ ...everything, since: start + 10_001 }))).toEqual([]);
  });

  it('forgets one when no access token depends on it, a minute later for clocks that differ', async () => {
    const { memory, clock } = memoryOf();
    memory.add(ofSession(1, 1_000), null);
    const token = { sessionId: sessionOf(1), userId: null, applicationIds: [], issuedAtSeconds: 0 };
    clock.advance(61_000);
    expect(await memory.list(everything)).toHaveLength(1);
    expect(memory.covers(token)).toBe(true);
    clock.advance(1);
    expect(await memory.list(everything)).toHaveLength(0);
    expect(memory.covers(token)).toBe(false);
  });

  it('makes room by forgetting what is over, wherever it stands, and says nothing then', async () => {
    const { memory, clock, forgotten } = memoryOf({ maxEntries: 3 });
    memory.add(ofSession(1), null);
    memory.add(ofSession(2, 1_000), null);
    memory.add(ofSession(3), null);
    clock.advance(62_000);
    memory.add(ofSession(4), null);
    expect(sessionsIn(await memory.list(everything))).toEqual([1, 3, 4]);
    expect(forgotten).toEqual([]);
    expect(await memory.completeSince()).toBe(start);
  });

  it('says that it misses what it forgot by a clock that was ahead, from when that is set back until it is over', async () => {
    const { memory, clock } = memoryOf();
    memory.begin(start - 1);
    memory.add(ofSession(1));
    clock.set(start + 7_200_000);
    memory.add(ofSession(2, 3_600_000, start + 7_200_000));
    expect(await memory.completeSince()).toBe(start - 1);
    clock.set(start + 1_000);
    expect(sessionsIn(await memory.list(everything))).toEqual([2]);
    expect(await memory.completeSince()).toBe(start + 1);
    clock.set(start + 3_660_001);
    expect(await memory.completeSince()).toBe(start - 1);
  });

  it('says since when it is complete once it had to forget one that tokens depend on', async () => {
    const { memory, clock, forgotten } = memoryOf({ maxEntries: 2 });
    memory.add(ofSession(1), null);
    clock.advance(1_000);
    memory.add(ofSession(2), null);
    clock.advance(1_000);
    memory.add(ofSession(3), null);
    expect(sessionsIn(await memory.list(everything))).toEqual([2, 3]);
    expect(await memory.completeSince()).toBe(start + 1);
    expect(forgotten).toEqual([start + 1]);
  });

  it('refuses for as long as the longest of its repetitions, however their lifetimes changed', async () => {
    const { memory, clock } = memoryOf();
    memory.add(ofSession(1, 3_600_000), null);
    memory.add(ofSession(1, 1_000), null);
    clock.advance(200_000);
    const token = { sessionId: sessionOf(1), userId: null, applicationIds: [], issuedAtSeconds: 0 };
    // Makes it forget what is over.
    memory.add(ofSession(2), null);
    expect(memory.covers(token)).toBe(true);
  });

  it('holds no more scopes than revocations, whatever comes and goes', async () => {
    const { memory, clock } = memoryOf({ maxEntries: 50 });
    const token = (number: number) => ({
      sessionId: sessionOf(number),
      userId: null,
      applicationIds: [],
      issuedAtSeconds: 0,
    });
    for (let number = 1; number <= 500; number++) {
      memory.add(ofSession(number, number % 3 === 0 ? 10 : 3_600_000), null);
      clock.advance(1_000);
    }
    const refused = Array.from({ length: 500 }, (_, index) => memory.covers(token(index + 1)));
    expect(refused.filter((isRefused) => isRefused).length).toBeLessThanOrEqual(50);
    expect((await memory.list(everything)).length).toBeLessThanOrEqual(50);
    expect(refused[498]).toBe(true);
  });

  it('is complete since it began to be told', async () => {
    const { memory, clock } = memoryOf();
    clock.advance(5_000);
    memory.begin(clock.now());
    expect(await memory.completeSince()).toBe(start + 5_000);
  });

  it('refuses exactly the access tokens that one of them is about', async () => {
    const small = fc.integer({ min: 1, max: 3 });
    const instant = fc.integer({ min: start - 3_000, max: start });
    const revocation = fc.record({
      session: fc.option(small),
      user: fc.option(small),
      application: fc.option(small),
      instant,
    });
    const token = fc.record({
      session: fc.option(small),
      user: fc.option(small),
      applications: fc.uniqueArray(small),
      instant,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(revocation, { maxLength: 8 }), token, async (told, shown) => {
        const { memory } = memoryOf();
        const revocations = told
          .filter(({ session, user, application }) => session !== null || user !== null || application !== null)
          .map(({ session, user, application, instant: issuedBefore }) => ({
            sessionId: session === null ? null : sessionOf(session),
            userId: user === null ? null : userOf(user),
            applicationId: application === null ? null : applicationOf(application),
            issuedBefore,
            expiresAt: start + 1_000,
          }));
        const identity: TokenIdentity = {
          sessionId: shown.session === null ? null : sessionOf(shown.session),
          userId: shown.user === null ? null : userOf(shown.user),
          applicationIds: shown.applications.map(applicationOf),
          issuedAtSeconds: Math.floor(shown.instant / 1_000),
        };
        for (const one of revocations) memory.add(one, null);
        expect(memory.covers(identity)).toBe(revocations.some((one) => concerns(one, identity)));
      }),
      { numRuns: 500 },
    );
  });
});
