import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
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

const deletions = () => service.emulator.calls.count({ method: 'DELETE' });
const iso = (instant: number) => new Date(instant).toISOString();

describe('accessTokensExpireBy', () => {
  it('is the instant of the end plus the lifetime the application sets, or else the tenant', async () => {
    await using own = await startTestService();
    const { emulator } = own;
    emulator.store.tenantOrThrow(emulator.tenantId).jwtConfiguration.timeToLiveInSeconds = 900;
    const bank = emulator.store.addApplication({ name: 'Bank', jwtConfiguration: { timeToLiveInSeconds: 60 } });
    const off = emulator.store.addApplication({
      name: 'Off',
      jwtConfiguration: { enabled: false, timeToLiveInSeconds: 5 },
    });
    const now = emulator.clock.now();
    const alice = own.user();
    const ids = [own.shop.id, bank.id, off.id, own.shop.id].map(
      (applicationId, index) => alice.addSession({ applicationId, insertInstant: now - 60_000 + index * 1_000 }).id,
    );
    emulator.clock.set(now);

    const payload = await enforceSessionLimit(own, { userId: alice.id, maxSessions: 1 });

    const endedAt = iso(now);
    expect(payload.revokedSessions).toMatchObject([
      { id: ids[0], endedAt, accessTokensExpireBy: iso(now + 900_000) },
      { id: ids[1], endedAt, accessTokensExpireBy: iso(now + 60_000) },
      { id: ids[2], endedAt, accessTokensExpireBy: iso(now + 900_000) },
    ]);
    expect(payload.accessTokensExpireBy).toBe(iso(now + 900_000));
  });

  it('is null when the settings cannot be read, and the sessions end all the same', async () => {
    await using own = await startTestService({ env: { FUSIONAUTH_MAX_ATTEMPTS: '1' } });
    own.emulator.faults.add({ path: '/api/tenant', fault: { kind: 'status', status: 503 } });
    const alice = own.user({ sessions: 3 });
    const payload = await enforceSessionLimit(own, { userId: alice.id, maxSessions: 1 });
    expect(payload).toMatchObject({ outcome: 'ENFORCED', revokedCount: 2, accessTokensExpireBy: null });
    expect(codesOf(payload.warnings)).toContain('ACCESS_TOKENS_STILL_VALID');
  });
});

describe('replacedBySessionId', () => {
  it('names the newest session that stays in the same application under PER_APPLICATION, or an SSO session', async () => {
    const alice = service.user({ sessions: 2, ssoSessions: 2 });
    const other = alice.addSession({ applicationId: service.console.id });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      scope: 'PER_APPLICATION',
    });
    const replacements = Object.fromEntries(
      payload.revokedSessions.map(({ id, replacedBySessionId }) => [id, replacedBySessionId]),
    );
    expect(replacements).toEqual({
      [alice.sessions[0]?.id ?? '']: alice.sessions[1]?.id,
      [alice.ssoSessions[0]?.id ?? '']: alice.ssoSessions[1]?.id,
    });
    expect(alice.liveIds()).toContain(other.id);
  });

  it('is null when none stays in its place', async () => {
    const alice = service.user({ sessions: 1, ssoSessions: 1 });
    const payload = await enforceSessionLimit(service, {
      userId: alice.id,
      maxSessions: 1,
      ssoSessions: 'REVOKE_ALL',
    });
    expect(payload.revokedSessions).toMatchObject([{ id: alice.ssoSessions[0]?.id, replacedBySessionId: null }]);
  });
});

describe('dryRun', () => {
  it.each(['END_OLDEST', 'END_LEAST_RECENTLY_USED'] as const)(
    'under %s tells what would be done and deletes nothing',
    async (overflow) => {
      const alice = service.user({ sessions: 4 });
      const input = { userId: alice.id, maxSessions: 2, overflow };
      const dry = await enforceSessionLimit(service, { ...input, dryRun: true });
      expect(dry).toMatchObject({ outcome: 'WOULD_ENFORCE', revokedCount: 2, failures: [] });
      expect(deletions()).toBe(0);
      expect(alice.liveIds()).toHaveLength(4);

      const done = await enforceSessionLimit(service, input);
      expect(done.outcome).toBe('ENFORCED');
      expect(idsOf(done.revokedSessions)).toEqual(idsOf(dry.revokedSessions));
      expect(idsOf(done.keptSessions)).toEqual(idsOf(dry.keptSessions));
    },
  );

  it.each(['DENY_NEW', 'ASK_USER'] as const)('under %s changes nothing', async (overflow) => {
    const alice = service.user({ sessions: 4 });
    const input = { userId: alice.id, maxSessions: 2, overflow };
    const dry = await enforceSessionLimit(service, { ...input, dryRun: true });
    expect(dry).toEqual(await enforceSessionLimit(service, input));
    expect(dry).toMatchObject({ outcome: 'LIMIT_REACHED', revokedCount: 0 });
    expect(deletions()).toBe(0);
  });

  it('writes nothing to the audit record', async () => {
    const alice = service.user({ sessions: 3 });
    const linesBefore = service.logs.filter(({ msg }) => msg === 'audit').length;
    await enforceSessionLimit(service, { userId: alice.id, maxSessions: 1, dryRun: true });
    expect(service.logs.filter(({ msg }) => msg === 'audit')).toHaveLength(linesBefore);
  });
});

describe('the cost of enforcing', () => {
  it('is one list and one deletion for each surplus session; the settings are read when they are not at hand', async () => {
    await using own = await startTestService();
    const { calls, clock, store } = own.emulator;
    const alice = own.user({ sessions: 7 });
    const input = { userId: alice.id, maxSessions: 2 };
    const enforceWithoutUser = () =>
      own.data('mutation($input: EnforceSessionLimitInput!) { enforceSessionLimit(input: $input) { outcome } }', {
        input,
      });
    const cost = () => ({
      lists: calls.count({ method: 'GET', path: '/api/jwt/refresh' }),
      deletions: calls.count({ method: 'DELETE', path: '/api/jwt/refresh/:id' }),
      applications: calls.count({ path: '/api/application' }),
      tenants: calls.count({ path: '/api/tenant' }),
      all: calls.count(),
    });

    await enforceWithoutUser();
    expect(cost()).toEqual({ lists: 1, deletions: 5, applications: 1, tenants: 1, all: 8 });

    for (let index = 1; index <= 3; index++) {
      store.addSession({ userId: alice.id, applicationId: own.shop.id, insertInstant: clock.now() + index });
    }
    calls.clear();
    await enforceWithoutUser();
    expect(cost()).toEqual({ lists: 1, deletions: 3, applications: 0, tenants: 0, all: 4 });

    calls.clear();
    await enforceWithoutUser();
    expect(cost()).toEqual({ lists: 1, deletions: 0, applications: 0, tenants: 0, all: 1 });
  });
});
