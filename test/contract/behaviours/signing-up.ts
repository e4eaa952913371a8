import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import type { Contract, Trial } from '../promises.js';

/** Time within which a retry would have come: where FusionAuth retries, it does so back to back. In milliseconds. */
const retryWindowMs = 1_000;

/** Time for the first delivery to arrive, in milliseconds. */
const deliveryTimeoutMs = 10_000;

const registered = z.looseObject({ token: z.string(), refreshToken: z.string(), refreshTokenId: z.guid() });

/**
 * How sessions start without a login, what ends them by policy, and how often a webhook is tried.
 * @see https://fusionauth.io/docs/apis/registrations, https://fusionauth.io/docs/extend/events-and-webhooks/writing-a-webhook
 */
export function describeSigningUp({ promise }: Contract): void {
  describe('signing up', () => {
    promise('is the start of a session where the application generates refresh tokens', async (t) => {
      const userId = randomUUID();
      const user = { email: `contract-${userId}@example.com`, password: randomBytes(16).toString('hex') };
      const { tenantId, applications } = t.world;
      const json = { user, registration: { applicationId: applications.shop } };

      const answer = await t.world.instance.call('POST', `/api/user/registration/${userId}`, { json, tenantId });

      const { refreshTokenId } = answer.read(registered);
      expect(await t.world.list(userId)).toMatchObject([{ id: refreshTokenId, applicationId: applications.shop }]);
    });
  });

  describe('a changed password', () => {
    promise("ends sessions as the tenant's policy says, whatever an application's own JWT settings say", async (t) => {
      const { world } = t;
      const alice = await world.addUser('shop');
      await world.signIn(alice);
      const jwtConfiguration = { refreshTokenRevocationPolicy: { onPasswordChanged: false } };
      const application = `/api/application/${world.applications.shop}`;
      const json = { application: { jwtConfiguration } };
      (await world.instance.call('PATCH', application, { json, tenantId: world.tenantId })).expect(200, 400);

      const change = { user: { password: randomBytes(16).toString('hex') } };
      (await world.instance.call('PATCH', `/api/user/${alice.id}`, { json: change })).expect(200);

      expect(await world.list(alice.id)).toEqual([]);
    });
  });

  describe('a webhook that fails', () => {
    promise('is sent an event once when the transaction type is None', async (t) => {
      await using receiver = await startFailingReceiver();
      await subscribe(t, receiver.url);
      const alice = await t.world.addUser('shop');
      const { refreshTokenId } = await t.world.signIn(alice);

      (await t.world.instance.call('DELETE', `/api/jwt/refresh/${refreshTokenId}`)).expect(200);

      const reached = await Promise.race([receiver.first.then(() => true), wait(deliveryTimeoutMs, false)]);
      if (!reached) t.notTestable('The instance cannot reach a webhook on this machine');
      await wait(retryWindowMs);
      expect(receiver.sessionIds().filter((id) => id === refreshTokenId)).toHaveLength(1);
    });
  });
}

async function subscribe(t: Trial, url: string): Promise<void> {
  const { instance, tenantId } = t.world;
  const type = 'jwt.refresh-token.revoke';
  const events = { [type]: { enabled: true, transactionType: 'None' } };
  const tenant = { eventConfiguration: { events } };
  (await instance.call('PATCH', `/api/tenant/${tenantId}`, { json: { tenant }, tenantId })).expect(200);
  const timeouts = { connectTimeout: 1_000, readTimeout: 1_000 };
  const webhook = { url, ...timeouts, global: false, tenantIds: [tenantId], eventsEnabled: { [type]: true } };
  const answer = await instance.call('POST', '/api/webhook', { json: { webhook } });
  t.needs(answer);
  answer.expect(200);
}

interface FailingReceiver extends AsyncDisposable {
  readonly url: string;
  readonly first: Promise<void>;
  sessionIds(): (string | undefined)[];
}

const delivery = z.looseObject({
  event: z.looseObject({ refreshToken: z.looseObject({ id: z.string() }).optional() }),
});

async function startFailingReceiver(): Promise<FailingReceiver> {
  const bodies: string[] = [];
  let arrived: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(Buffer.concat(chunks).toString());
    response.writeHead(500).end();
    arrived();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver does not listen on a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    first,
    sessionIds: () => bodies.map((body) => delivery.parse(JSON.parse(body)).event.refreshToken?.id),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
