import { createRemoteJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseCommandLine, startFromCommandLine } from '../../src/emulator/command-line.js';
import { demoIds } from '../../src/emulator/demo-data.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi, signIn } from '../support/api-client.js';

const control = (emulator: Emulator, method: string, path: string, body?: unknown) =>
  callApi(emulator, method, `/emulator/control/${path}`, body === undefined ? {} : { body });

const demo = { email: 'alice@example.com', shop: demoIds.shop };

async function startDemo(): Promise<Emulator> {
  const command = parseCommandLine(['--port', '0', '--demo', '--control', '--api-key', 'a key'], () => undefined);
  if (command === undefined) throw new Error('No command');
  return startFromCommandLine(command, {}, () => undefined);
}

describe('the control path', () => {
  it('is not there unless asked for', async () => {
    await using emulator = await startEmulator();
    for (const [method, path] of [
      ['POST', 'reset'],
      ['GET', 'snapshot'],
      ['PUT', 'snapshot'],
      ['POST', 'clock'],
    ] as const) {
      expect((await control(emulator, method, path)).status).toBe(404);
    }
  });

  it('needs an API key without a tenant', async () => {
    await using emulator = await startEmulator({ hasControl: true });
    const ofTenant = emulator.store.addApiKey({ tenantId: emulator.tenantId });
    for (const authorization of [null, 'no key', ofTenant.key]) {
      expect((await callApi(emulator, 'POST', '/emulator/control/reset', { authorization })).status).toBe(401);
      expect((await callApi(emulator, 'GET', '/emulator/control/snapshot', { authorization })).status).toBe(401);
    }
  });
});

describe('a reset', () => {
  it('goes back to what the kickstart and the demo made, with the same keys, sessions and tokens', async () => {
    await using emulator = await startDemo();
    const before = emulator.store.sessionsOf(demoIds.alice);
    const { token, refreshToken } = await signIn(emulator, demo.email, demo.shop);
    await callApi(emulator, 'DELETE', `/api/jwt/refresh/${before[0]?.id}`);
    await callApi(emulator, 'POST', '/api/tenant', { body: { tenant: { name: 'New' } } });
    await callApi(emulator, 'POST', '/api/lambda', { body: { lambda: { name: 'New' } } });
    await callApi(emulator, 'DELETE', `/api/user/${demoIds.bob}?hardDelete=true`);
    emulator.faults.add({ path: '/api/status', fault: { kind: 'status', status: 503 } });

    expect((await control(emulator, 'POST', 'reset')).status).toBe(204);

    expect(emulator.store.sessionsOf(demoIds.alice)).toEqual(before);
    expect(emulator.store.users.get(demoIds.bob)).toBeDefined();
    expect(emulator.store.tenants.size).toBe(1);
    expect((await callApi(emulator, 'GET', '/api/status')).status).toBe(200);
    // The signing keys are those of before, so the token still verifies; its session is gone.
    const headers = { authorization: `Bearer ${token}` };
    expect((await callApi(emulator, 'GET', '/api/jwt/validate', { authorization: null, headers })).status).toBe(200);
    const body = { refreshToken };
    expect((await callApi(emulator, 'POST', '/api/jwt/refresh', { authorization: null, body })).status).toBe(400);
    expect((await signIn(emulator, demo.email, demo.shop)).refreshTokenId).toEqual(expect.any(String));
    // The start is not touched by what happened since.
    expect((await control(emulator, 'POST', 'reset')).status).toBe(204);
    expect(emulator.store.sessionsOf(demoIds.alice)).toEqual(before);
  });
});

describe('a snapshot', () => {
  it('loaded into another emulator keeps tokens verifying, sessions refreshing and users signing in', async () => {
    await using first = await startDemo();
    const hmac = await callApi(first, 'POST', '/api/key/generate', {
      body: { key: { algorithm: 'HS256', name: 'h' } },
    });
    const ec = await callApi(first, 'POST', '/api/key/generate', { body: { key: { algorithm: 'ES256', name: 'e' } } });
    expect([hmac.status, ec.status]).toEqual([200, 200]);
    const signedIn = await signIn(first, demo.email, demo.shop);
    const saved = await control(first, 'GET', 'snapshot');

    await using second = await startEmulator({ hasControl: true, apiKey: 'another key' });
    expect((await control(second, 'PUT', 'snapshot', saved.json())).status).toBe(204);
    expect((await callApi(second, 'GET', '/api/tenant')).status).toBe(401);
    const known = { ...second, apiKey: first.apiKey };
    expect((await control(known, 'GET', 'snapshot')).json()).toMatchObject({
      ...(saved.json() as object),
      savedAtMs: expect.any(Number),
    });

    const jwks = createRemoteJWKSet(new URL(`${second.url}/.well-known/jwks.json`));
    expect((await jwtVerify(signedIn.token, jwks)).payload.sub).toBe(demoIds.alice);
    const body = { refreshToken: signedIn.refreshToken };
    const refreshed = await callApi(second, 'POST', '/api/jwt/refresh', { authorization: null, body });
    expect(refreshed.json()).toMatchObject({ refreshTokenId: signedIn.refreshTokenId });
    expect((await signIn(known, demo.email, demo.shop)).token).toEqual(expect.any(String));
  });

  it('that is none is refused with what is wrong, and changes nothing', async () => {
    await using emulator = await startDemo();
    const before = (await control(emulator, 'GET', 'snapshot')).json() as Record<string, unknown>;
    const broken = [
      {},
      { ...before, version: 99 },
      { ...before, users: [{ id: 'x' }] },
      {
        ...before,
        signingKeys: [{ id: 'x', algorithm: 'RS256', material: { kid: 'x', privateJwk: {}, publicJwk: {} } }],
      },
    ];
    for (const snapshot of broken) {
      const answer = await control(emulator, 'PUT', 'snapshot', snapshot);
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('no snapshot of this emulator')]);
    }
    const { savedAtMs: _at, ...after } = (await control(emulator, 'GET', 'snapshot')).json() as Record<string, unknown>;
    expect(before).toMatchObject(after);
  });
});

it('moves the clock for tests in another process', async () => {
  await using emulator = await startEmulator({ hasControl: true });
  const before = emulator.clock.now();
  const answer = await control(emulator, 'POST', 'clock', { advanceMs: 3_600_000 });
  expect((answer.json() as { now: number }).now).toBeGreaterThanOrEqual(before + 3_600_000);
  expect((await control(emulator, 'POST', 'clock', { advanceMs: 'soon' })).status).toBe(400);
});
