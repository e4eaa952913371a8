import { randomBytes, randomUUID } from 'node:crypto';
import { PreparationError } from './preparation-error.js';
import type { Trial } from './promises.js';
import { namePrefix } from './world.js';

export interface NewApiKey {
  /** Locks the key to one tenant. */
  readonly tenantId?: string;
  /** Base path to methods. Without it the key may do everything. */
  readonly endpoints?: Readonly<Record<string, readonly string[]>>;
}

/** What the service's API key needs. */
export const requiredPermissions = {
  '/api/jwt/refresh': ['GET', 'DELETE'],
  '/api/user/search': ['POST'],
  '/api/application': ['GET'],
  '/api/tenant': ['GET'],
} as const;

/**
 * Runs `use` with an API key that is created for it and removed after it. Ends the trial without a verdict where the
 * contract's own key may not create keys.
 * @see https://fusionauth.io/docs/apis/api-keys
 */
export async function withApiKey(t: Trial, key: NewApiKey, use: (key: string) => Promise<void>): Promise<void> {
  const { instance } = t.world;
  const { tenantId, endpoints } = key;
  const id = randomUUID();
  const secret = randomBytes(32).toString('base64url');
  const apiKey = {
    key: secret,
    name: namePrefix,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(endpoints === undefined ? {} : { permissions: { endpoints } }),
  };
  const answer = await instance.call('POST', `/api/api-key/${id}`, { json: { apiKey } });
  t.needs(answer);
  if (answer.status === 401) t.notTestable('the API key of this run is no key manager, so it cannot create API keys');
  if (answer.status !== 200) throw new PreparationError(`${answer.call} was answered ${answer.status}`);
  try {
    await use(secret);
  } finally {
    (await instance.call('DELETE', `/api/api-key/${id}`)).expect(200);
  }
}
