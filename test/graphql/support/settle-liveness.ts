import type { TestService } from '../../support/service.js';

const query = 'query ($ids: [ID!]!, $age: Int!) { liveSessions(ids: $ids, maxAgeSeconds: $age) { status } }';

/** Has each service ask FusionAuth about every session, unless what it knows of it is young enough. */
export async function settleLiveness(
  services: readonly TestService[],
  ids: readonly string[],
  maxAgeSeconds: number,
): Promise<void> {
  for (const service of services) {
    const isUnsettled = async () => {
      const { body } = await service.query(query, { ids, age: maxAgeSeconds });
      return JSON.stringify(body).includes('PENDING');
    };
    while (await isUnsettled());
  }
}
