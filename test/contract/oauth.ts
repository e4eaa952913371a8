import { z } from 'zod';
import type { Answer } from './instance.js';
import type { World } from './world.js';

/** Posts a form to an OAuth endpoint in the name of the shop, with its client secret. */
export async function postAsShop(world: World, path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  const { instance, tenantId, applications } = world;
  const application = await instance.call('GET', `/api/application/${applications.shop}`, { tenantId });
  const { clientId, clientSecret } = application.read(withSecret).application.oauthConfiguration;
  return instance.call('POST', path, {
    tenantId,
    authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    form: { client_id: clientId, ...form },
  });
}

const withSecret = z.looseObject({
  application: z.looseObject({ oauthConfiguration: z.looseObject({ clientId: z.string(), clientSecret: z.string() }) }),
});
