import { randomUUID } from 'node:crypto';
import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { TenantId } from '../domain/ids.js';
import { FusionAuthCallError } from './call-error.js';
import type { ProbeAnswer } from './probe-answer.js';
import { explainUnreachable } from './unreachable-fusionauth.js';

/** The result of one check. */
export interface CheckResult {
  readonly check: CheckName;
  /** `unknown`: FusionAuth did not answer, or is busy, so a later try may show it. */
  readonly state: 'ok' | 'wrong' | 'unknown';
  /** True when the service cannot do its work without it. The others only add to what is shown. */
  readonly isEssential: boolean;
  /** One line for people: the state, and when something is wrong, the remedy. */
  readonly message: string;
}

export type CheckName = 'connection' | 'list sessions' | 'end sessions' | 'users' | 'applications' | 'tenant';

interface ChecksOptions {
  /** Its calls carry the key and the tenant of the service. */
  readonly client: FusionAuthClient;
  readonly baseUrl: string;
  /** The tenant that the service is bound to; null for none. */
  readonly tenantId: TenantId | null;
}

/** Nobody's id: FusionAuth answers an empty list for it. */
const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * Checks, without changing anything, that FusionAuth can be reached, accepts the key, permits it everything that the
 * service needs, and has the tenant. It asks for random ids: FusionAuth answers 404 to a key with the permission, and
 * 401 to one without. Never rejects.
 * @see https://fusionauth.io/docs/apis/authentication#api-key-authentication (no permission and no key are both 401)
 */
export async function checkFusionAuth({ client, baseUrl, tenantId }: ChecksOptions): Promise<readonly CheckResult[]> {
  const listing = await answerOf(() => client.retrieveRefreshTokens(nobody));
  const unreachable = explainUnreachable(listing, baseUrl);
  if (unreachable !== null) return [{ check: 'connection', isEssential: true, ...unreachable }];

  const [ending, users, applications, tenant] = await Promise.all([
    answerOf(() => client.revokeRefreshTokenById(randomUUID())),
    answerOf(() => client.searchUsersByQuery({ search: { ids: [randomUUID()] }, expand: [] })),
    answerOf(() => client.retrieveApplication(randomUUID())),
    answerOf(() => client.retrieveTenant(tenantId ?? randomUUID())),
  ]);
  if (applications === 200) return [answersAnything(baseUrl)];
  const answers = [listing, ending, users, applications, tenant];
  if (answers.every((answer) => answer === 401)) return [refusedKey];
  const ofTenant = tenantCheck(tenant, tenantId);
  // FusionAuth answers every call about the missing tenant, so the other checks would say nothing.
  if (ofTenant.state === 'wrong' && ofTenant.isEssential) return [ofTenant];
  if (listing === 400) return [refusedRequests(baseUrl)];
  return [
    permissionCheck('list sessions', listing, true, 'GET on /api/jwt/refresh'),
    permissionCheck('end sessions', ending, true, 'DELETE on /api/jwt/refresh'),
    permissionCheck('users', users, false, 'POST on /api/user/search'),
    permissionCheck('applications', applications, false, 'GET on /api/application'),
    ofTenant,
  ];
}

/** The cheapest check of whether the service can work. @throws FusionAuthCallError when it cannot. */
export async function askFusionAuth(client: FusionAuthClient, tenantId: TenantId | null): Promise<void> {
  await client.retrieveRefreshTokens(nobody);
  if (tenantId === null) return;
  try {
    await client.retrieveTenant(tenantId);
  } catch (error) {
    // A key that may not read tenants suffices for decisions.
    if (error instanceof FusionAuthCallError && isAboutTenant(error)) throw error;
  }
}

function isAboutTenant({ failure }: FusionAuthCallError): boolean {
  return failure.kind === 'status' && (failure.statusCode === 404 || failure.statusCode === 400);
}

/** The status of FusionAuth's answer, or the reason why there is none. Never rejects. */
export async function answerOf(call: () => Promise<unknown>): Promise<ProbeAnswer> {
  try {
    await call();
    return 200;
  } catch (error) {
    if (!(error instanceof FusionAuthCallError)) return { kind: 'broken', code: '' };
    const { failure, cause } = error;
    if (failure.kind === 'status') return failure.statusCode;
    return failure.kind === 'connection' ? { kind: 'broken', code: codeOf(cause) } : failure;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as NodeJS.ErrnoException;
  return code ?? codeOf(error.cause);
}

const refusedKey: CheckResult = {
  check: 'connection',
  state: 'wrong',
  isEssential: true,
  message:
    'FusionAuth refuses FUSIONAUTH_API_KEY for everything: it is not a key of this FusionAuth, has expired, belongs to another tenant, or may not be used from this address. Make one under Settings > API Keys.',
};

function refusedRequests(baseUrl: string): CheckResult {
  const message = `FUSIONAUTH_URL ${baseUrl} refuses requests (400): write https where this is the port of https, and check that it is FusionAuth itself.`;
  return { check: 'connection', state: 'wrong', isEssential: true, message };
}

/** To FusionAuth's empty answers, such as those to deletions, those of something that answers 200 to all look alike. */
function answersAnything(baseUrl: string): CheckResult {
  const message = `FUSIONAUTH_URL ${baseUrl} answers 200 also for an application that nobody has: it is no FusionAuth. Use the address of FusionAuth itself.`;
  return { check: 'connection', state: 'wrong', isEssential: true, message };
}

function permissionCheck(check: CheckName, answer: ProbeAnswer, isEssential: boolean, permission: string): CheckResult {
  const about = { check, isEssential };
  // FusionAuth answers 404 for an unknown id, and 400 for an invalid one, only to a key with the permission.
  if (answer === 200 || answer === 404 || answer === 400) {
    return { ...about, state: 'ok', message: `The key of FusionAuth has ${permission}.` };
  }
  if (answer === 401 || answer === 403) {
    const effect = isEssential ? 'The service is not ready without it' : 'Without it less is shown';
    const message = `The key of FusionAuth lacks ${permission}. ${effect}: grant it under Settings > API Keys.`;
    return { ...about, state: 'wrong', message };
  }
  return {
    ...about,
    state: 'unknown',
    message: `Whether the key has ${permission} is not known: FusionAuth ${why(answer)}.`,
  };
}

function tenantCheck(answer: ProbeAnswer, tenantId: TenantId | null): CheckResult {
  if (tenantId === null || answer === 401) return permissionCheck('tenant', answer, false, 'GET on /api/tenant');
  const about = { check: 'tenant', isEssential: true } as const;
  if (answer === 200) return { ...about, state: 'ok', message: `FusionAuth has the tenant ${tenantId}.` };
  if (answer === 404 || answer === 400) {
    const message = `FusionAuth has no tenant ${tenantId}, or its key belongs to another one. FUSIONAUTH_TENANT_ID must be an id shown under Tenants; leave it out where there is a single tenant.`;
    return { ...about, state: 'wrong', message };
  }
  return {
    ...about,
    state: 'unknown',
    message: `Whether the tenant ${tenantId} exists is not known: FusionAuth ${why(answer)}.`,
  };
}

function why(answer: ProbeAnswer): string {
  return typeof answer === 'number' ? `answered ${answer}` : 'did not answer';
}
