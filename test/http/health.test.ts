import { describe, expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

describe('/health/live', () => {
  it('tells that the process runs, whatever FusionAuth does', async () => {
    await using service = await startTestService();
    service.emulator.faults.add({ path: '*', fault: { kind: 'status', status: 500 } });
    const response = await service.fetch('/health/live');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'live' });
    expect(service.emulator.calls.count()).toBe(0);
  });
});

describe('/health/ready', () => {
  it('tells that FusionAuth accepts the API key', async () => {
    await using service = await startTestService();
    const response = await service.fetch('/health/ready');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ status: 'ready' });
  });

  it('asks FusionAuth once for many probes within the cache time', async () => {
    await using service = await startTestService({ env: { READINESS_MAX_AGE_MS: '60000' } });
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 5 }, () => service.fetch('/health/ready')));
    }
    expect(service.emulator.calls.count()).toBe(1);
  });

  it('asks again once the answer is older than that', async () => {
    await using service = await startTestService({ env: { READINESS_MAX_AGE_MS: '1' } });
    await service.fetch('/health/ready');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await service.fetch('/health/ready');
    expect(service.emulator.calls.count()).toBe(2);
  });

  it.each([
    ['is down', { kind: 'status', status: 503 }],
    ['refuses the API key', { kind: 'status', status: 401 }],
    ['hangs', { kind: 'hang' }],
  ] as const)('answers 503 when FusionAuth %s, and says no more; the log does', async (_what, fault) => {
    await using service = await startTestService({
      env: { FUSIONAUTH_MAX_ATTEMPTS: '1', FUSIONAUTH_REQUEST_TIMEOUT_MS: '200' },
    });
    service.emulator.faults.add({ path: '*', fault });
    const response = await service.fetch('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'notReady' });
    expect(service.logs.filter(({ level }) => level === 'warn')).toMatchObject([
      { msg: 'not ready', err: { message: expect.stringContaining('GET /api/jwt/refresh') } },
    ]);
  });

  it('recovers by itself', async () => {
    await using service = await startTestService({ env: { FUSIONAUTH_MAX_ATTEMPTS: '1', READINESS_MAX_AGE_MS: '1' } });
    service.emulator.faults.add({ path: '*', times: 1, fault: { kind: 'status', status: 503 } });
    expect((await service.fetch('/health/ready')).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await service.fetch('/health/ready')).status).toBe(200);
  });
});

describe('a service whose FusionAuth is not as it needs it', () => {
  const unknownTenant = 'd0000000-0000-4000-8000-00000000ffff';

  it('says so in one line and is not ready, when the tenant does not exist', async () => {
    await using service = await startTestService({ env: { FUSIONAUTH_TENANT_ID: unknownTenant } });
    expect(service.startLogs.filter(({ level }) => level === 'error')).toMatchObject([
      { check: 'tenant', state: 'wrong', msg: expect.stringContaining(`no tenant ${unknownTenant}`) },
    ]);
    const response = await service.fetch('/health/ready');
    expect([response.status, await response.json()]).toEqual([503, { status: 'notReady' }]);
  });

  it('says so in one line and is not ready, when its key may not end sessions', async () => {
    const endpoints = {
      '/api/jwt/refresh': ['GET'],
      '/api/user/search': ['POST'],
      '/api/application': ['GET'],
      '/api/tenant': ['GET'],
    };
    await using service = await startTestService({ apiKey: { permissions: { endpoints } } });
    expect(service.startLogs.filter(({ level }) => level === 'error')).toMatchObject([
      { check: 'end sessions', msg: expect.stringContaining('DELETE on /api/jwt/refresh') },
    ]);
    expect((await service.fetch('/health/ready')).status).toBe(503);
  });

  it('is ready with a key that may only list and end sessions, and says what is not shown', async () => {
    const endpoints = { '/api/jwt/refresh': ['GET', 'DELETE'] };
    await using service = await startTestService({ apiKey: { permissions: { endpoints } } });
    const warned = service.startLogs.filter(({ level }) => level === 'warn').map(({ check }) => check);
    expect(warned).toEqual(['users', 'applications', 'tenant']);
    expect((await service.fetch('/health/ready')).status).toBe(200);
  });

  it('is not ready once FusionAuth refuses to end a session, says what the key lacks, and is when it has that again', async () => {
    const endpoints: Record<string, string[]> = { '/api/jwt/refresh': ['GET', 'DELETE'] };
    await using service = await startTestService({
      apiKey: { permissions: { endpoints } },
      env: { READINESS_MAX_AGE_MS: '1' },
    });
    const isReady = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return (await service.fetch('/health/ready')).status === 200;
    };
    expect(await isReady()).toBe(true);
    const user = service.user({ sessions: 2 });
    endpoints['/api/jwt/refresh'] = ['GET'];
    const enforce = 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }';
    const { enforceSingleSession } = await service.data<{ enforceSingleSession: { outcome: string } }>(enforce, {
      id: user.id,
    });
    expect(enforceSingleSession.outcome).toBe('PARTIAL');
    expect(await isReady()).toBe(false);
    expect(service.logs.filter(({ check }) => check === 'end sessions')).toMatchObject([
      { level: 'error', msg: expect.stringContaining('DELETE on /api/jwt/refresh') },
    ]);
    endpoints['/api/jwt/refresh'] = ['GET', 'DELETE'];
    expect(await isReady()).toBe(true);
  });

  it('becomes ready when the key is given what it lacked', async () => {
    const endpoints: Record<string, string[]> = { '/api/jwt/refresh': ['GET'] };
    await using service = await startTestService({
      apiKey: { permissions: { endpoints } },
      env: { READINESS_MAX_AGE_MS: '1' },
    });
    expect((await service.fetch('/health/ready')).status).toBe(503);
    endpoints['/api/jwt/refresh'] = ['GET', 'DELETE'];
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await service.fetch('/health/ready')).status).toBe(200);
  });
});
