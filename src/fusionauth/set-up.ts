import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { TenantId } from '../domain/ids.js';
import type { KnownNames, NamedKind } from '../domain/policy/unknown-names.js';
import { FusionAuthCallError } from './call-error.js';
import { asObject, optionalArray, optionalObject, optionalText } from './json.js';
import { readPolicyNames } from './policy-names.js';
import {
  type ApplicationSetUp,
  decodeApplicationSetUp,
  decodeTenantSetUp,
  decodeWebhookSetUp,
  type TenantSetUp,
  type WebhookSetUp,
} from './set-up-records.js';

/** The value, or the reason why it could not be read: a clause that follows "because". */
export type Read<T> = { readonly isRead: true; readonly value: T } | { readonly isRead: false; readonly why: string };

/**
 * The settings of FusionAuth on which the service depends. The service's own API key can read only `tenants` and
 * `applications`.
 */
export interface FusionAuthSetUp {
  readonly version: Read<string>;
  readonly tenants: Read<readonly TenantSetUp[]>;
  readonly applications: Read<readonly ApplicationSetUp[]>;
  readonly webhooks: Read<readonly WebhookSetUp[]>;
}

/** The largest list that is read for the checks, in bytes: some thousand applications. */
export const maxSetUpListBytes = 16 * 1_024 * 1_024;

interface SetUpReaderOptions {
  /** Its calls name the tenant of the service. */
  readonly client: FusionAuthClient;
  /** Its calls name no tenant: webhooks belong to the instance. */
  readonly ofInstance: FusionAuthClient;
  /** The tenant that the service is bound to; null for none. */
  readonly tenantId: TenantId | null;
}

/** Reads the set-up of FusionAuth, without changing anything. No method rejects. */
export class SetUpReader {
  constructor(private readonly options: SetUpReaderOptions) {}

  /** Takes four calls, side by side. */
  async read(): Promise<FusionAuthSetUp> {
    const { client, ofInstance } = this.options;
    const [version, tenants, applications, webhooks] = await Promise.all([
      reading('GET on /api/system/version', async () => {
        const { response } = await ofInstance.retrieveVersion();
        const version = optionalText(optionalObject(response)['version']);
        if (version === null) throw new TypeError('No version');
        return version;
      }),
      reading('GET on /api/tenant', () => this.#tenants()),
      reading('GET on /api/application', async () => {
        const { response } = await client.retrieveApplications();
        return listed(response, 'applications', decodeApplicationSetUp);
      }),
      reading('GET on /api/webhook', async () => {
        const { response } = await ofInstance.retrieveWebhooks();
        return listed(response, 'webhooks', decodeWebhookSetUp);
      }),
    ]);
    return { version, tenants, applications, webhooks };
  }

  /** The algorithm by which a key of FusionAuth signs, such as `RS256`. */
  readKeyAlgorithm(keyId: string): Promise<Read<string>> {
    return reading('GET on /api/key', async () => {
      const { response } = await this.options.ofInstance.retrieveKey(keyId);
      const key = optionalObject(asObject(response, 'The answer for a key')['key']);
      return optionalText(key['algorithm']) ?? 'an unknown algorithm';
    });
  }

  /** The records that policies name. A kind that is not asked for, or that the key may not read, is null. */
  readPolicyNames(kinds: readonly NamedKind[]): Promise<Read<KnownNames>> {
    const { client, tenantId } = this.options;
    return reading('a permission', () => readPolicyNames(client, kinds, tenantId));
  }

  async #tenants(): Promise<readonly TenantSetUp[]> {
    const { client, tenantId } = this.options;
    if (tenantId === null) {
      const { response } = await client.retrieveTenants();
      return listed(response, 'tenants', decodeTenantSetUp);
    }
    const { response } = await client.retrieveTenant(tenantId);
    return [decodeTenantSetUp(asObject(response, 'The answer for a tenant')['tenant'])];
  }
}

/** Decodes a list. An undecodable record must not keep the others from being checked. */
function listed<T>(response: unknown, name: string, decode: (record: unknown) => T): readonly T[] {
  return optionalArray(asObject(response ?? {}, `The list of ${name}`)[name], name).flatMap((record) => {
    try {
      return [decode(record)];
    } catch {
      return [];
    }
  });
}

async function reading<T>(permission: string, read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { isRead: true, value: await read() };
  } catch (error) {
    return { isRead: false, why: whyUnread(error, permission) };
  }
}

function whyUnread(error: unknown, permission: string): string {
  if (!(error instanceof FusionAuthCallError)) return 'FusionAuth gave an answer that could not be understood';
  const { failure } = error;
  if (failure.kind === 'tooLarge') return 'FusionAuth has more of them than are read at once';
  if (failure.kind !== 'status') return 'FusionAuth did not answer';
  const isRefused = failure.statusCode === 401 || failure.statusCode === 403;
  return isRefused ? `the key of FusionAuth lacks ${permission}` : `FusionAuth answered ${failure.statusCode}`;
}
