import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aliceId, ScriptedService, sessionNumber, signToken } from './scripted-service.js';
import { readyGuard, reasonFor } from './start-guard.js';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});
afterEach(() => service[Symbol.asyncDispose]());

describe('a key of several tenants', () => {
  const [acme, globex, other] = [1, 2, 3].map((number) => `7e4a4000-0000-4000-8000-00000000000${number}`);

  it('follows those that are named over one feed, and accepts their tokens only', async () => {
    const tenantIds = [`${acme}`, `${globex}`];
    service.viewer = { ...service.viewer, tenantIds };
    await using started = await readyGuard(service, { tenantIds, maxRevocationLagSeconds: 60 });
    expect(service.count('subscription')).toBe(1);
    expect(new Set(service.operations.map(({ tenants }) => tenants))).toEqual(new Set([tenantIds.join()]));
    expect(await reasonFor(started, await signToken({ tid: acme }))).toBe('accepted');
    expect(await reasonFor(started, await signToken({ tid: other }))).toBe('invalid');
    const claims = { sid: sessionNumber(1), sub: aliceId, iat: Math.floor(Date.now() / 1_000) };
    expect(await started.guard.checkClaims({ ...claims, tid: acme })).toMatchObject({ ok: true });
    for (const foreign of [{ ...claims, tid: other }, claims]) {
      expect(await started.guard.checkClaims(foreign)).toMatchObject({ reason: 'invalid', failedCheck: 'tid' });
    }
    // A session is asked about in its own tenant.
    const iat = Math.floor(Date.now() / 1_000) - 100;
    expect(await reasonFor(started, await signToken({ tid: globex, iat }))).toBe('accepted');
    expect(service.operations.filter(({ kind }) => kind === 'sessions').map(({ tenants }) => tenants)).toEqual([
      globex,
    ]);
  });

  it('refuses tokens of tenants that the key does not reach, where none are named', async () => {
    service.viewer = { ...service.viewer, tenantIds: [acme] };
    await using started = await readyGuard(service);
    expect(await reasonFor(started, await signToken({ tid: acme }))).toBe('accepted');
    expect(await reasonFor(started, await signToken({ tid: globex }))).toBe('uncertain');
  });
});
