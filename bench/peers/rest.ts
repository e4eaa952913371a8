import Fastify from 'fastify';
import { toSession } from './sessions.js';
import { officialClient, peerEnvironment, readExpiryRule } from './settings.js';

/** A REST handler on the official client: what one writes without GraphQL. */
const environment = peerEnvironment();
const client = officialClient(environment);
const expiryOf = await readExpiryRule(client);
const app = Fastify();
app.get<{ Params: { userId: string } }>('/users/:userId/sessions', async ({ params }) => {
  const { response } = await client.retrieveRefreshTokens(params.userId);
  return (response.refreshTokens ?? []).map((token) => toSession(token, expiryOf, toText));
});
await app.listen({ host: '127.0.0.1', port: environment.port });

function toText(instant: number): string {
  return new Date(instant).toISOString();
}
