import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { exchangeRefreshToken } from '../support/users.js';
import { enforceSessionLimit } from './support/operations.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterEach(() => {
  service.emulator.faults.clear();
  service.emulator.calls.clear();
});

afterAll(() => service[Symbol.asyncDispose]());

const minuteMs = 60_000;
const deletions = () => service.emulator.calls.count({ method: 'DELETE' });

/** Uses sessions in this order, a minute apart, as applications do: by exchanging their refresh tokens. */
async function use(...sessions: readonly { readonly token: string }[]): Promise<void> {
  for (const { token } of sessions) {
    service.emulator.clock.advance(minuteMs);
    expect(await exchangeRefreshToken(service.emulator, token)).toBe(200);
  }
}

describe('END_LEAST_RECENTLY_USED', () => {
  it('ends the sessions whose refresh tokens were exchanged longest ago', async () => {
    const alice = service.user({ sessions: 4 });
    const [a, b, c, d] = alice.sessions;
    if (!a || !b || !c || !d) throw new Error('Four sessions were asked for');
    await use(b, d, a, c);
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      overflow: 'END_LEAST_RECENTLY_USED',
    });
    expect(idsOf(payload.revokedSessions)).toEqual([b.id, d.id]);
    expect(alice.liveIds()).toEqual([c.id, a.id]);
  });

  it('counts a session that was never used from its creation', async () => {
    const alice = service.user({ sessions: 2 });
    const [older, newer] = alice.sessions;
    if (!older || !newer) throw new Error('Two sessions were asked for');
    await use(older);
    service.emulator.clock.advance(minuteMs);
    const { id: newest } = alice.addSession();
    await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2, overflow: 'END_LEAST_RECENTLY_USED' });
    expect(alice.liveIds()).toEqual([newest, older.id]);
  });

  it('lets a requested session that is used least stay under KEEP_REQUESTED', async () => {
    const alice = service.user({ sessions: 3 });
    const [a, b, c] = alice.sessions;
    if (!a || !b || !c) throw new Error('Three sessions were asked for');
    await use(a, b, c);
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      overflow: 'END_LEAST_RECENTLY_USED',
      onNewerSession: 'KEEP_REQUESTED',
      keepSessionIds: [a.id],
    });
    expect(idsOf(payload.revokedSessions)).toEqual([b.id]);
    expect(alice.liveIds()).toEqual([c.id, a.id]);
  });
});

describe.each(['DENY_NEW', 'ASK_USER'] as const)('%s', (overflow) => {
  it('ends nothing and answers LIMIT_REACHED when there are too many', async () => {
    const alice = service.user({ sessions: 3, ssoSessions: 2 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2, overflow });
    expect(payload).toMatchObject({
      outcome: 'LIMIT_REACHED',
      revokedCount: 0,
      accessTokensExpireBy: null,
      warnings: [],
    });
    expect([...idsOf(payload.keptSessions)].sort()).toEqual([...alice.liveIds()].sort());
    expect(alice.liveIds()).toHaveLength(5);
    expect(deletions()).toBe(0);
  });

  it('answers WITHIN_LIMIT, without candidates, when there are not', async () => {
    const alice = service.user({ sessions: 2 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2, overflow });
    expect(payload).toMatchObject({ outcome: 'WITHIN_LIMIT', candidates: [], revokedCount: 0 });
  });
});

describe('ASK_USER', () => {
  it('offers the sessions to choose from, least recently used first', async () => {
    const alice = service.user({ sessions: 3, ssoSessions: 1 });
    const [a, b, c] = alice.sessions;
    if (!a || !b || !c) throw new Error('Three sessions were asked for');
    await use(b, a);
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2, overflow: 'ASK_USER' });
    expect(idsOf(payload.candidates)).toEqual([c.id, b.id, a.id]);
  });

  it('offers only sessions of the applications that have too many', async () => {
    const alice = service.user({ sessions: 2 });
    alice.addSession({ applicationId: service.console.id });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      scope: 'PER_APPLICATION',
      overflow: 'ASK_USER',
    });
    expect(idsOf(payload.candidates)).toEqual(idsOf(alice.sessions));
  });
});

describe('DENY_NEW', () => {
  it('offers nothing to choose from', async () => {
    const alice = service.user({ sessions: 3 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, overflow: 'DENY_NEW' });
    expect(payload.candidates).toEqual([]);
  });
});

describe('KEEP_REQUESTED', () => {
  it('ends newer sessions so that the ones asked for stay', async () => {
    const alice = service.user({ sessions: 5 });
    const [a, b, c, d, e] = idsOf(alice.sessions);
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      onNewerSession: 'KEEP_REQUESTED',
      keepSessionIds: [b ?? '', a ?? ''],
    });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 3 });
    expect(idsOf(payload.revokedSessions)).toEqual([c, d, e]);
    expect(alice.liveIds()).toEqual([b, a]);
  });

  it('fills the places left with the newest', async () => {
    const alice = service.user({ sessions: 4 });
    const [a, , , d] = idsOf(alice.sessions);
    await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      onNewerSession: 'KEEP_REQUESTED',
      keepSessionIds: [a ?? ''],
    });
    expect(alice.liveIds()).toEqual([d, a]);
  });

  it('gives way under KEEP_NEWEST: outcome SUPERSEDED, and the one asked for ends', async () => {
    const alice = service.user({ sessions: 3 });
    const [a, b, c] = idsOf(alice.sessions);
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2, keepSessionIds: [a ?? ''] });
    expect(payload).toMatchObject({ outcome: 'SUPERSEDED', revokedSessions: [{ id: a }] });
    expect(alice.liveIds()).toEqual([c, b]);
  });
});
