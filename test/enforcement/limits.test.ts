import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { exchangeRefreshToken, type TestUser } from '../support/users.js';
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

/** A user with one session on each of these types of device, a minute apart, the last of them the newest. */
function userWithDevices(...types: readonly (string | undefined)[]): TestUser & { readonly deviceIds: string[] } {
  const user = service.user();
  const deviceIds = types.map(
    (type, index) =>
      user.addSession({
        insertInstant: service.emulator.clock.now() - (types.length - index) * minuteMs,
        ...(type === undefined ? {} : { device: { type } }),
      }).id,
  );
  return { ...user, deviceIds };
}

/** Uses sessions in this order, a minute apart, as applications do: by exchanging their refresh tokens. */
async function use(...sessions: readonly { readonly token: string }[]): Promise<void> {
  for (const { token } of sessions) {
    service.emulator.clock.advance(minuteMs);
    expect(await exchangeRefreshToken(service.emulator, token)).toBe(200);
  }
}

describe('END_OLDEST', () => {
  it.each([2, 3])('with maxSessions %i leaves exactly the newest of six', async (maxSessions) => {
    const alice = service.user({ sessions: 6 });
    const ids = idsOf(alice.sessions);
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions });
    expect(payload).toMatchObject({
      outcome: 'ENFORCED',
      keptSession: null,
      revokedCount: 6 - maxSessions,
      failures: [],
    });
    expect(idsOf(payload.revokedSessions)).toEqual(ids.slice(0, 6 - maxSessions));
    expect(idsOf(payload.keptSessions)).toEqual(ids.slice(6 - maxSessions).reverse());
    expect(alice.liveIds()).toEqual(idsOf(payload.keptSessions));
  });

  it('ends nothing when there are as many sessions as may stay', async () => {
    const alice = service.user({ sessions: 3 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 3 });
    expect(payload).toMatchObject({ outcome: 'WITHIN_LIMIT', revokedCount: 0, warnings: [] });
    expect(deletions()).toBe(0);
  });

  it('does not let use decide', async () => {
    const alice = service.user({ sessions: 3 });
    await use(alice.sessions[0] ?? { token: '' });
    await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1 });
    expect(alice.liveIds()).toEqual([alice.sessions[2]?.id]);
  });

  it('gives SESSION_LIMIT_EXCEEDED as the reason and POLICY as what set it in motion', async () => {
    const alice = service.user({ sessions: 2 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1 });
    expect(payload.revokedSessions).toMatchObject([
      { reason: 'SESSION_LIMIT_EXCEEDED', initiatingEntity: 'POLICY', replacedBySessionId: alice.sessions[1]?.id },
    ]);
  });
});

describe('scope PER_APPLICATION', () => {
  it('gives each application a budget of its own, and each ended session a replacement there', async () => {
    const alice = service.user();
    const at = service.emulator.clock.now();
    const add = (applicationId: string, ageMinutes: number) =>
      alice.addSession({ applicationId, insertInstant: at - ageMinutes * minuteMs }).id;
    const shop = [6, 5, 4].map((age) => add(service.shop.id, age));
    const console = [3, 2, 1].map((age) => add(service.console.id, age));

    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2, scope: 'PER_APPLICATION' });

    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 2 });
    expect(payload.revokedSessions).toMatchObject([
      { id: shop[0], applicationId: service.shop.id, replacedBySessionId: shop[2] },
      { id: console[0], applicationId: service.console.id, replacedBySessionId: console[2] },
    ]);
    expect(alice.liveIds()).toEqual([console[2], console[1], shop[2], shop[1]]);
  });
});

describe('applicationId', () => {
  it('makes only the sessions of this application count and end', async () => {
    const alice = service.user({ sessions: 3 });
    const others = [1, 2, 3].map(() => alice.addSession({ applicationId: service.console.id }).id);
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 2,
      applicationId: service.shop.id,
    });
    expect(idsOf(payload.revokedSessions)).toEqual([alice.sessions[0]?.id]);
    expect(alice.liveIds()).toEqual(expect.arrayContaining(others));
    expect(idsOf(payload.keptSessions)).toEqual(expect.arrayContaining(others));
  });
});

describe('deviceTypes', () => {
  it('makes only sessions on these devices count and end, upper and lower case alike', async () => {
    const alice = userWithDevices('mobile', 'BROWSER', 'Mobile', 'TABLET', 'MOBILE');
    const [first, browser, second, tablet, third] = alice.deviceIds;
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      deviceTypes: ['mObIlE', 'tablet'],
    });
    expect(idsOf(payload.revokedSessions)).toEqual([first, second, tablet]);
    expect(alice.liveIds()).toEqual([third, browser]);
  });

  it('spares sessions of which the type is not known', async () => {
    const alice = userWithDevices(undefined, 'MOBILE', undefined, 'MOBILE');
    const [unknown, , otherUnknown, newest] = alice.deviceIds;
    await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, deviceTypes: ['MOBILE'] });
    expect(alice.liveIds()).toEqual([newest, otherUnknown, unknown]);
  });

  it('that nobody uses find nothing to limit', async () => {
    const alice = userWithDevices('MOBILE', 'MOBILE');
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, deviceTypes: ['TV'] });
    expect(payload).toMatchObject({ outcome: 'NO_SESSIONS', revokedCount: 0 });
    expect(idsOf(payload.keptSessions)).toHaveLength(2);
  });
});

describe('SSO sessions', () => {
  it('never use up the budget: the newest stays beside maxSessions application sessions', async () => {
    const alice = service.user({ sessions: 3, ssoSessions: 3 });
    await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2 });
    const stay = [...alice.sessions.slice(1), ...alice.ssoSessions.slice(2)];
    expect([...alice.liveIds()].sort()).toEqual([...idsOf(stay)].sort());
  });

  it('are left alone when deviceTypes narrow the call', async () => {
    const alice = service.user({ ssoSessions: 3 });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, deviceTypes: ['MOBILE'] });
    expect(payload).toMatchObject({ outcome: 'NO_SESSIONS', revokedCount: 0 });
    expect(alice.liveIds()).toHaveLength(3);
  });
});

describe('sessions that have expired by the settings', () => {
  it('count and are ended while FusionAuth lists them, for it lists live ones only', async () => {
    const alice = service.user({ sessions: 2 });
    const month = 31 * 24 * 60 * minuteMs;
    const expired = alice.addSession({ insertInstant: service.emulator.clock.now() - month });
    expect(alice.liveIds()).not.toContain(expired.id);
    service.emulator.faults.add({
      method: 'GET',
      path: '/api/jwt/refresh',
      fault: {
        kind: 'mapBody',
        map: (body) => {
          const { refreshTokens } = body as { readonly refreshTokens: readonly unknown[] };
          return { refreshTokens: [...refreshTokens, expired] };
        },
      },
    });
    const enforced = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 2 });
    // The emulator has expired it, so that the deletion finds nothing: harmless.
    expect(enforced).toMatchObject({ outcome: 'ENFORCED', revokedCount: 0, alreadyEndedIds: [expired.id] });
    expect(deletions()).toBe(1);
    expect(alice.liveIds()).toHaveLength(2);

    const kept = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      keepSessionIds: [expired.id],
      onNewerSession: 'KEEP_REQUESTED',
    });
    expect(kept).toMatchObject({ outcome: 'ENFORCED', keptSession: { id: expired.id } });
  });

  it('cannot be kept when no list of FusionAuth shows them: nothing is revoked', async () => {
    const alice = service.user({ sessions: 2 });
    const { id } = alice.addSession({ insertInstant: service.emulator.clock.now() - 31 * 24 * 60 * minuteMs });
    const payload = await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, keepSessionIds: [id] });
    expect(codesOf(payload.userErrors)).toEqual(['KEEP_SESSION_NOT_LIVE']);
    expect(alice.liveIds()).toHaveLength(2);
  });
});
