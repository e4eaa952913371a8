import { describe, expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

const sessionCount = 61;

describe('with a key of FusionAuth that may not read users and applications', () => {
  it('sessions are listed with what is known, and the causes are logged once with a count', async () => {
    const apiKey = { permissions: { endpoints: { '/api/jwt/refresh': ['GET', 'DELETE'] } } };
    await using service = await startTestService({ apiKey });
    const alice = service.user({ sessions: sessionCount });
    const { body } = await service.query<{ sessions: { application: object; user: unknown }[] }>(
      'query ($id: ID!) { sessions(userId: $id) { application { id name } user { email } } }',
      { id: alice.id },
    );
    expect(body.data?.sessions).toEqual(
      Array(sessionCount).fill({ application: { id: service.shop.id, name: null }, user: null }),
    );
    expect(body.errors?.every(({ path }) => path?.[2] === 'user')).toBe(true);
    expect(service.logs.filter(({ level }) => level === 'error')).toMatchObject([{ count: sessionCount }]);
    expect(JSON.stringify(service.logs).length).toBeLessThan(10_000);
  });
});

describe('when FusionAuth refuses to list tenants', () => {
  it('names and lifetimes are shown where the service is bound to a tenant', async () => {
    const tenantId = 'd0000000-0000-4000-8000-000000000001';
    await using service = await startTestService({ tenantId, env: { FUSIONAUTH_TENANT_ID: tenantId } });
    service.emulator.faults.add({ path: '/api/tenant', fault: { kind: 'status', status: 500 } });
    const alice = service.user({ sessions: 1, ssoSessions: 1 });
    const { body } = await service.query<{ sessions: object[] }>(
      'query ($id: ID!) { sessions(userId: $id) { expiresAt application { name accessTokenLifetimeSeconds } } }',
      { id: alice.id },
    );
    expect(body.errors).toBeUndefined();
    const expiresAt = expect.any(String);
    expect(body.data?.sessions).toEqual(
      expect.arrayContaining([
        { expiresAt, application: { name: 'Acme Shop', accessTokenLifetimeSeconds: 3_600 } },
        { expiresAt, application: null },
      ]),
    );
  });
});
