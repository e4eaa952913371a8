import { z } from 'zod';
import type { TenantId } from '../domain/ids.js';
import { readSecretFiles } from './secret-files.js';
import { fusionAuthVariables } from './variables/fusionauth.js';

/** Where FusionAuth is, and what a command calls it with. Undefined or null where the variable is not set. */
interface FusionAuthAccess {
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  readonly tenantId: TenantId | null;
}

const { FUSIONAUTH_URL, FUSIONAUTH_API_KEY, FUSIONAUTH_TENANT_ID } = fusionAuthVariables;
const variables = z.object({ FUSIONAUTH_URL, FUSIONAUTH_API_KEY, FUSIONAUTH_TENANT_ID });

/** Reads these variables as the service does; the key may be in a file. @throws Error that names what is wrong. */
export async function readFusionAuthAccess(
  env: Readonly<Record<string, string | undefined>>,
): Promise<FusionAuthAccess> {
  const { FUSIONAUTH_API_KEY, FUSIONAUTH_API_KEY_FILE } = env;
  const read = await readSecretFiles({ FUSIONAUTH_API_KEY, FUSIONAUTH_API_KEY_FILE });
  if (read.problems.length > 0) throw new Error(read.problems.join('\n'));
  const parsed = variables.safeParse({
    FUSIONAUTH_URL: env['FUSIONAUTH_URL'] || undefined,
    FUSIONAUTH_TENANT_ID: env['FUSIONAUTH_TENANT_ID'] || undefined,
    FUSIONAUTH_API_KEY: read.env['FUSIONAUTH_API_KEY'] || undefined,
  });
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  }
  const { data } = parsed;
  return { url: data.FUSIONAUTH_URL, apiKey: data.FUSIONAUTH_API_KEY, tenantId: data.FUSIONAUTH_TENANT_ID ?? null };
}
