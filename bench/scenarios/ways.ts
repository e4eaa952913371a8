import type { FusionAuthClient, RefreshTokenResponse } from '@fusionauth/typescript-client';
import { request } from 'undici';
import { enforceRequest, revokedIn } from '../load/operations.js';
import { send } from '../load/send.js';
import { officialClient } from '../peers/settings.js';
import type { EmulatorReady, EmulatorUser } from '../processes/messages.js';
import type { RunningServer } from '../processes/servers.js';

/** Ways to leave a user with one session after a login, as one finds them in service. */
export const ways = ['ours', 'loop', 'promiseAll'] as const;
export type Way = (typeof ways)[number] | 'bare';

export const wayLabels: Readonly<Record<Way, string>> = {
  ours: 'this service, over HTTP',
  loop: 'official client, one after another',
  promiseAll: 'official client, Promise.all',
  bare: 'bare undici, side by side (floor)',
};

/** Ends the user's sessions but one. Answers how many it has ended. */
export type Enforce = (user: EmulatorUser, newSessionId: string) => Promise<number>;

/**
 * Ours is a call over HTTP. The others are what FusionAuth's forum and issues advise, "after a successful login remove
 * the other refresh tokens": code within the application, which saves them that hop. `bare` is the least that can be
 * done: the same calls without a client.
 * @see https://github.com/FusionAuth/fusionauth-issues/issues/419
 */
export function createWays(server: RunningServer, fusionAuth: EmulatorReady): Readonly<Record<Way, Enforce>> {
  const client = officialClient({ port: 0, fusionAuthUrl: fusionAuth.url, apiKey: fusionAuth.apiKey });
  return {
    ours: async ({ id }) => revokedIn(await send(server.url, enforceRequest(server, id))),
    async loop({ id }, newSessionId) {
      const others = await otherSessions(client, id, newSessionId);
      for (const other of others) await revoke(client, other);
      return others.length;
    },
    async promiseAll({ id }, newSessionId) {
      const others = await otherSessions(client, id, newSessionId);
      await Promise.all(others.map((other) => revoke(client, other)));
      return others.length;
    },
    bare: ({ id }, newSessionId) => enforceBare(fusionAuth, id, newSessionId),
  };
}

async function enforceBare({ url, apiKey }: EmulatorReady, userId: string, newSessionId: string): Promise<number> {
  const headers = { authorization: apiKey };
  const { body } = await request(`${url}/api/jwt/refresh?userId=${userId}`, { headers });
  const { refreshTokens = [] } = (await body.json()) as RefreshTokenResponse;
  const others = refreshTokens.filter(({ id }) => id !== newSessionId);
  const deletions = others.map(async ({ id }) => {
    const answer = await request(`${url}/api/jwt/refresh/${id}`, { method: 'DELETE', headers });
    await answer.body.dump();
  });
  await Promise.all(deletions);
  return others.length;
}

async function otherSessions(client: FusionAuthClient, userId: string, newSessionId: string): Promise<string[]> {
  const { response } = await client.retrieveRefreshTokens(userId);
  return (response.refreshTokens ?? []).flatMap(({ id }) => (id === undefined || id === newSessionId ? [] : [id]));
}

/** Somebody else may have ended it in the meantime, which is as good. */
async function revoke(client: FusionAuthClient, sessionId: string): Promise<void> {
  try {
    await client.revokeRefreshTokenById(sessionId);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

/** The official client rejects with its answer, which is no Error. */
function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
}
