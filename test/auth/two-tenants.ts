import type { Application, Tenant } from '../../src/emulator/store/records.js';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import type { TestUser } from '../support/users.js';

export const acmeId = 'aaaaaaaa-0000-0000-0000-000000000001';
export const globexId = 'bbbbbbbb-0000-0000-0000-000000000002';
const globexShopId = '6e1d9c2f-8b63-4a1f-8e4d-3c2a7b5f9d81';

/** Bound to by a key, and missing at FusionAuth. */
export const missingId = 'cccccccc-0000-0000-0000-000000000003';

export const keys = {
  acme: 'key-of-acme',
  globex: 'key-of-globex',
  both: 'key-of-both',
  any: 'key-of-any',
  missing: 'key-of-missing',
};

/** Two tenants: acme, whose sessions live 30 days, and globex, whose sessions live an hour and SSO sessions 10 minutes. */
export interface TwoTenants {
  readonly service: TestService;
  readonly globex: Tenant;
  readonly globexShop: Application;
}

export async function startTwoTenants(): Promise<TwoTenants> {
  const service = await startTestService({
    shopId,
    env: {
      ...shopTokens,
      ACCESS_TOKEN_AUDIENCES: `${shopId},${globexShopId}`,
      ACCESS_TOKEN_TENANT_IDS: `${acmeId},${globexId}`,
      SERVICE_KEYS: serviceKeysVariable(
        { name: 'acme', key: keys.acme, tenantIds: [acmeId] },
        { name: 'globex', key: keys.globex, tenantIds: [globexId] },
        { name: 'both', key: keys.both, tenantIds: [acmeId, globexId] },
        { name: 'any', key: keys.any },
        { name: 'missing', key: keys.missing, tenantIds: [missingId] },
      ),
    },
    tenantId: acmeId,
  });
  const { store } = service.emulator;
  const globex = store.addTenant({
    id: globexId,
    name: 'Globex',
    httpSessionMaxInactiveInterval: 600,
    jwtConfiguration: { refreshTokenTimeToLiveInMinutes: 60, timeToLiveInSeconds: 60 },
  });
  const globexShop = store.addApplication({ id: globexShopId, name: 'Globex Shop', tenantId: globexId });
  return { service, globex, globexShop };
}

/** Alice of acme, and Gus of globex, with three sessions each: two of an application, and one of SSO. */
export function addUsers({ service, globex, globexShop }: TwoTenants): { alice: TestUser; gus: TestUser } {
  const alice = service.user({ sessions: 2, ssoSessions: 1 });
  const gus = service.user({ tenantId: globex.id, applicationIds: [globexShop.id] });
  for (const minutesAgo of [3, 2, 1]) {
    const insertInstant = service.emulator.clock.now() - minutesAgo * 60_000;
    gus.addSession({ applicationId: minutesAgo === 3 ? undefined : globexShop.id, insertInstant });
  }
  return { alice, gus };
}

export const sessionsDocument = 'query ($userId: ID!) { sessions(userId: $userId) { id } }';
export const naming = (tenantId: string) => ({ 'x-fusionauth-tenantid': tenantId });

export async function sessionIds(
  service: TestService,
  user: TestUser,
  key: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { sessions } = await service.data<{ sessions: { id: string }[] }>(
    sessionsDocument,
    { userId: user.id },
    { key, headers },
  );
  return sessions.map(({ id }) => id).sort();
}

export const sorted = (ids: readonly string[]) => [...ids].sort();
