import type { RefreshTokenResponse } from '@fusionauth/typescript-client';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { toSession } from './sessions.js';
import { officialClient, peerEnvironment, readExpiryRule } from './settings.js';

/** The least that can be done: the same REST handler, its calls over a bare pool of connections. */
const environment = peerEnvironment();
const expiryOf = await readExpiryRule(officialClient(environment));
const pool = new Pool(environment.fusionAuthUrl, { connections: 64 });
const headers = { authorization: environment.apiKey };
const app = Fastify();
app.get<{ Params: { userId: string } }>('/users/:userId/sessions', async ({ params }) => {
  const path = `/api/jwt/refresh?userId=${encodeURIComponent(params.userId)}`;
  const { body } = await pool.request({ method: 'GET', path, headers });
  const { refreshTokens = [] } = (await body.json()) as RefreshTokenResponse;
  return refreshTokens.map((token) => toSession(token, expiryOf, toText));
});
await app.listen({ host: '127.0.0.1', port: environment.port });

function toText(instant: number): string {
  return new Date(instant).toISOString();
}
