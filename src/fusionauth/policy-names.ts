import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { parseApplicationId, parseGroupId, parseTenantId, type TenantId } from '../domain/ids.js';
import type { KnownNames, NamedKind } from '../domain/policy/unknown-names.js';
import { isRefused, translateErrors } from './call-error.js';
import { asObject, listOrNone, optionalArray, optionalObject, optionalText } from './json.js';

/**
 * Looks up what policies name: two calls for applications, one for groups, one for tenants, side by side. A kind that
 * was not asked for, or that the API key may not read, is null. Other failures reject with an UpstreamError.
 * @param tenantId The tenant that the client is bound to; null for none.
 * @see https://fusionauth.io/docs/apis/applications#retrieve-an-application (`roles`; deactivated ones are listed
 * apart)
 */
export async function readPolicyNames(
  client: FusionAuthClient,
  kinds: readonly NamedKind[],
  tenantId: TenantId | null,
): Promise<KnownNames> {
  const lookUp = async <Known>(kind: NamedKind, read: () => Promise<Known>) =>
    kinds.includes(kind) ? unlessRefused(read) : null;
  return translateErrors(async () => {
    const [applications, groups, tenants] = await Promise.all([
      lookUp('applications', () => rolesByApplication(client)),
      lookUp('groups', async () => {
        const { response } = await client.retrieveGroups();
        return idsOf(listOf(response, 'groups'), parseGroupId);
      }),
      lookUp('tenants', async () => {
        if (tenantId !== null) return new Set([tenantId]);
        const { response } = await client.retrieveTenants();
        return idsOf(listOf(response, 'tenants'), parseTenantId);
      }),
    ]);
    return { applications, groups, tenants };
  });
}

async function rolesByApplication(client: FusionAuthClient) {
  const answers = await Promise.all([client.retrieveApplications(), client.retrieveInactiveApplications()]);
  return new Map(
    answers
      .flatMap(({ response }) => listOf(response, 'applications'))
      .flatMap((application) => {
        const { id, roles } = optionalObject(application);
        const applicationId = parseApplicationId(id);
        if (applicationId === undefined) return [];
        const names = optionalArray(roles, 'roles').flatMap((role) => optionalText(optionalObject(role)['name']) ?? []);
        return [[applicationId, names] as const];
      }),
  );
}

function listOf(response: unknown, member: string): readonly unknown[] {
  return listOrNone(asObject(response ?? {}, `The list of ${member}`), member);
}

function idsOf<Id>(records: readonly unknown[], parse: (value: unknown) => Id | undefined): ReadonlySet<Id> {
  return new Set(records.flatMap((record) => parse(optionalObject(record)['id']) ?? []));
}

async function unlessRefused<Known>(read: () => Promise<Known>): Promise<Known | null> {
  try {
    return await read();
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}
