import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

const acmeId = 'aaaaaaaa-0000-0000-0000-000000000001';
const globexId = 'bbbbbbbb-0000-0000-0000-000000000002';
const globexShopId = '6e1d9c2f-8b63-4a1f-8e4d-3c2a7b5f9d81';

const document = 'query ($userId: ID!) { sessions(userId: $userId) { id } user(id: $userId) { id } }';

interface World {
  readonly service: TestService;
  readonly alice: TestUser;
  /** Of the other tenant. */
  readonly gus: TestUser;
}

function populate(service: TestService): World {
  const { store } = service.emulator;
  store.addTenant({ id: globexId, name: 'Globex' });
  store.addApplication({ id: globexShopId, name: 'Globex Shop', tenantId: globexId });
  const gus = service.user({ tenantId: globexId, applicationIds: [globexShopId] });
  gus.addSession({ applicationId: globexShopId });
  return { service, alice: service.user({ sessions: 1 }), gus };
}

const audiences = { ...shopTokens, ACCESS_TOKEN_AUDIENCES: `${shopId},${globexShopId}` };

describe.each<[string, Parameters<typeof startTestService>[0]]>([
  ['FUSIONAUTH_TENANT_ID', { env: { ...audiences, FUSIONAUTH_TENANT_ID: acmeId } }],
  ['an API key of FusionAuth that is locked to the tenant', { env: audiences, apiKey: { tenantId: acmeId } }],
  ['both', { env: { ...audiences, FUSIONAUTH_TENANT_ID: acmeId }, apiKey: { tenantId: acmeId } }],
])('a service bound to a tenant by %s', (_what, options) => {
  let world: World;

  beforeAll(async () => {
    world = populate(await startTestService({ ...options, shopId, tenantId: acmeId }));
  });

  afterAll(() => world.service[Symbol.asyncDispose]());

  it('serves that tenant, with expiry instants, to service keys and to users', async () => {
    const { service, alice } = world;
    const { token } = await alice.login();
    for (const options of [{}, { key: token }, { headers: { 'x-fusionauth-tenantid': acmeId } }]) {
      const withExpiry = 'query ($userId: ID!) { sessions(userId: $userId) { id expiresAt } user(id: $userId) { id } }';
      const data = await service.data<{ sessions: { id: string }[] }>(withExpiry, { userId: alice.id }, options);
      expect(data).toEqual({
        sessions: alice.liveIds().map((id) => ({ id, expiresAt: expect.any(String) })),
        user: { id: alice.id },
      });
    }
  });

  it('finds nothing of another tenant, and ends nothing there', async () => {
    const { service, gus } = world;
    expect(await service.data(document, { userId: gus.id })).toEqual({ sessions: [], user: null });
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
    expect(await service.data(revoke, { id: gus.liveIds()[0] })).toEqual({
      revokeSession: { outcome: 'ALREADY_ENDED' },
    });
    expect(gus.liveIds()).toHaveLength(1);
  });

  it('shows nothing of another tenant to a caller who names it, or whose token is of it', async () => {
    const { service, gus } = world;
    const { token } = await gus.login(globexShopId);
    for (const options of [{ headers: { 'x-fusionauth-tenantid': globexId } }, { key: token }]) {
      const { body } = await service.query<object>(document, { userId: gus.id }, options);
      expect(body.data ?? null).toBeNull();
      expect(body.errors).not.toEqual([]);
      expect(JSON.stringify(body)).not.toContain(gus.liveIds()[0]);
    }
  });
});

describe('with FUSIONAUTH_TENANT_ID', () => {
  it('access tokens of other tenants are not accepted, and naming another tenant is refused', async () => {
    const env = { ...audiences, FUSIONAUTH_TENANT_ID: acmeId };
    await using service = await startTestService({ env, shopId, tenantId: acmeId });
    const { gus } = populate(service);
    const { token } = await gus.login(globexShopId);
    service.emulator.calls.clear();
    const ofOther = await service.query(document, { userId: gus.id }, { key: token });
    expect([ofOther.status, ofOther.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="fusionauth-sessions", error="invalid_token"',
    ]);
    const headers = { 'x-fusionauth-tenantid': globexId };
    const naming = await service.query(document, { userId: gus.id }, { headers });
    expect([naming.status, naming.body.errors?.[0]?.extensions['code']]).toEqual([403, 'FORBIDDEN']);
    expect(service.emulator.calls.count((call) => call.path !== '/.well-known/jwks.json')).toBe(0);
  });
});
