import { describe, expect, it } from 'vitest';
import { operations } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';

/** What recentSignIns answers null without. */
const optional = 'POST /api/system/login-record/search';

/** All that the service's own API key of FusionAuth has to allow. */
const least: Readonly<Record<string, readonly string[]>> = {
  '/api/jwt/refresh': ['GET', 'DELETE'],
  '/api/user/search': ['POST'],
  '/api/application': ['GET'],
  '/api/tenant': ['GET'],
};

function serve(endpoints: typeof least, env: Readonly<Record<string, string>> = {}): Promise<TestService> {
  const copy = Object.fromEntries(Object.entries(endpoints).map(([path, methods]) => [path, [...methods]]));
  return startTestService({ apiKey: { permissions: { endpoints: copy } }, env });
}

/**
 * Runs every operation, each on a user with sessions to end, and answers what FusionAuth refused. The report of the set-up
 * is left out: it tries what the key may do beyond that.
 */
async function refusedCalls(service: TestService): Promise<readonly string[]> {
  for (const { document } of operations.filter(({ name }) => name !== 'setUpReport')) {
    const user = service.user({ sessions: 2, ssoSessions: 1 });
    const ids = { userId: user.id, sessionId: user.sessions[0]?.id ?? '' };
    await service.query(document(ids, 3));
  }
  const refused = service.emulator.calls.all().filter(({ status }) => status === 401);
  const endpoints = new Set(refused.map(({ method, path }) => `${method} ${path.replace(/\/[0-9a-f-]{36}$/, '')}`));
  endpoints.delete(optional);
  return [...endpoints].sort();
}

describe('an API key of FusionAuth with the documented permissions', () => {
  it('is enough for every operation and for the health check', async () => {
    await using service = await serve(least);
    expect(await refusedCalls(service)).toEqual([]);
    expect(service.logs.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    expect((await service.fetch('/health/ready')).status).toBe(200);
  });

  it('is enough when it is locked to a tenant besides', async () => {
    const tenantId = '30663132-6464-6665-3032-326466613934';
    const endpoints = Object.fromEntries(Object.entries(least).map(([path, methods]) => [path, [...methods]]));
    await using service = await startTestService({
      apiKey: { permissions: { endpoints }, tenantId },
      env: { FUSIONAUTH_TENANT_ID: tenantId },
    });
    expect(await refusedCalls(service)).toEqual([]);
  });

  it.each(Object.entries(least).flatMap(([path, methods]) => methods.map((method) => [method, path] as const)))(
    'needs %s on %s',
    async (method, path) => {
      const without = { ...least, [path]: (least[path] ?? []).filter((other) => other !== method) };
      await using service = await serve(without);
      expect(await refusedCalls(service)).toEqual([`${method} ${path}`]);
    },
  );

  it('needs POST on /api/system/audit-log for records in FusionAuth, and ends sessions without it', async () => {
    await using service = await serve(least, { FUSIONAUTH_AUDIT_LOG: 'true' });
    const user = service.user({ sessions: 2 });
    const document = 'mutation ($userId: ID!) { enforceSingleSession(userId: $userId) { outcome } }';
    expect(await service.data(document, { userId: user.id })).toEqual({
      enforceSingleSession: { outcome: 'ENFORCED' },
    });
    await expect
      .poll(() => service.logs.filter(({ msg }) => msg === 'audit record not written to FusionAuth'))
      .toHaveLength(1);
  });
});

it('what the key allows beyond that is not used: every DELETE names one session, never an application or a user', async () => {
  await using service = await serve(least);
  await refusedCalls(service);
  const deletions = service.emulator.calls.all().filter(({ method }) => method === 'DELETE');
  expect(deletions.length).toBeGreaterThan(0);
  for (const { path, query } of deletions) {
    expect(path).toMatch(/^\/api\/jwt\/refresh\/[0-9a-f-]{36}$/);
    expect(query).toEqual({});
  }
});

it('without DELETE the sessions can still be looked at', async () => {
  await using service = await serve({ ...least, '/api/jwt/refresh': ['GET'] });
  const user = service.user({ sessions: 2 });
  const document = 'query ($userId: ID!) { sessions(userId: $userId) { id user { email } application { name } } }';
  const { sessions } = await service.data<{ sessions: unknown[] }>(document, { userId: user.id });
  expect(sessions).toHaveLength(2);
});
