import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { loadConfig } from '../../src/config/load-config.js';
import { permissions } from '../../src/domain/caller.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { sendEventsTo, signingKeyOfEvents } from '../../src/emulator/send-events.js';
import type { Application } from '../../src/emulator/store/records.js';
import { createGuard, type Guard } from '../../src/guard/guard.js';
import { createService, type Service } from '../../src/server.js';
import { captureLogs } from '../support/logs.js';
import { serviceKeyFor, testServiceKeys } from '../support/service-keys.js';
import { createTestUser, type SignedIn, type TestUser } from '../support/users.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';
import { chooser } from './chooser.js';
import { Wire } from './wire.js';

const webhookSecret = 'a-secret-that-only-fusionauth-knows';

interface KnownSession extends SignedIn {
  readonly user: TestUser;
  wasRefused: boolean;
}

let emulator: Emulator;
let shop: Application;
let service: Service;
let port: number;
let wire: Wire;
let recorder: WebhookReceiver;
let guard: Guard;
let sessions: KnownSession[];

beforeEach(async () => {
  emulator = await startEmulator();
  signingKeyOfEvents(emulator);
  await emulator.keys.jwks();
  shop = emulator.store.addApplication({ name: 'Shop' });
  port = await freePort();
  service = await startService();
  recorder = await startWebhookReceiver();
  sendEventsTo(emulator, `http://127.0.0.1:${port}/webhooks/fusionauth`);
  sendEventsTo(emulator, recorder.url);
  wire = await new Wire(port).listen();
  guard = createGuard(
    {
      serviceUrl: wire.url,
      serviceKey: serviceKeyFor(['event:subscribe', 'session:read']),
      accessTokens: { fusionAuthUrl: emulator.url, issuer: 'acme.com', audience: shop.id },
      whenFeedIsDown: 'refuse',
      feedToleranceMs: 30_000,
      reconnectBaseMs: 10,
      reconnectMaxMs: 50,
    },
    { now: () => emulator.clock.now() },
  );
  await guard.ready();
  sessions = [];
});

afterEach(async () => {
  await guard[Symbol.asyncDispose]();
  await wire[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  await recorder[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

async function startService(env: Readonly<Record<string, string>> = { WEBHOOK_SIGNATURE: 'jwks' }): Promise<Service> {
  const parsed = await loadConfig({
    PORT: String(port),
    FUSIONAUTH_URL: emulator.url,
    FUSIONAUTH_API_KEY: emulator.apiKey,
    SERVICE_KEYS: JSON.stringify(testServiceKeys()),
    ...env,
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const { config, secrets, trustedDocuments } = parsed;
  const overrides = { clock: emulator.clock, logDestination: captureLogs().destination };
  return createService({ config, secrets, trustedDocuments, fusionAuthUrl: emulator.url }, overrides);
}

async function signIn(user: TestUser): Promise<KnownSession> {
  const session = { ...(await user.login(shop.id)), user, wasRefused: false };
  sessions.push(session);
  return session;
}

async function mutate(query: string, id: string): Promise<void> {
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serviceKeyFor(permissions)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { id } }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  expect(errors).toBeUndefined();
}

const enforce = ({ id }: TestUser) =>
  mutate('mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }', id);
const revoke = (id: string) => mutate('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', id);

function deleteAtFusionAuth(selector: string) {
  return fetch(`${emulator.url}/api/jwt/refresh${selector}`, {
    method: 'DELETE',
    headers: { authorization: emulator.apiKey },
  });
}

async function isAccepted({ token }: SignedIn): Promise<boolean> {
  return (await guard.check(token)).ok;
}

/** Every revoked token is refused once the guard has caught up, and then for good; every other one is accepted. */
async function expectTheTruth(): Promise<void> {
  await emulator.events.settled();
  await expect.poll(() => guard.feedState).toBe('connected');
  for (const session of sessions) {
    if (emulator.store.session(session.refreshTokenId) !== undefined) {
      expect(await isAccepted(session), 'a live session').toBe(true);
      continue;
    }
    if (session.wasRefused) expect(await isAccepted(session), 'one that was refused before').toBe(false);
    else await expect.poll(() => isAccepted(session), { message: 'a revoked session' }).toBe(false);
    session.wasRefused = true;
  }
}

describe('whatever happens, no revoked token is accepted once the guard has caught up, and no live one refused', () => {
  it.each([1, 2, 3])('(script %i)', { timeout: 120_000 }, async (seed) => {
    const choose = chooser(seed);
    const users = Array.from({ length: 4 }, () => createTestUser(emulator, [shop], {}));
    const live = () => sessions.filter(({ refreshTokenId }) => emulator.store.session(refreshTokenId) !== undefined);
    const anyLive = () => choose(live().length === 0 ? sessions : live());
    const steps: Readonly<Record<string, () => Promise<unknown>>> = {
      signIn: () => signIn(choose(users)),
      signInAndEnforce: async () => {
        const user = choose(users);
        await Promise.all([signIn(user), signIn(user)]);
        await enforce(user);
      },
      revoke: () => revoke(anyLive().refreshTokenId),
      deleteSession: () => deleteAtFusionAuth(`/${anyLive().refreshTokenId}`),
      async deleteUser() {
        await deleteAtFusionAuth(`?userId=${choose(users).id}`);
        // A sign-in within the second of this would be refused, as FusionAuth advises.
        emulator.clock.advance(1_001);
      },
      async duplicate() {
        emulator.events.duplicates = choose([0, 2]);
      },
      async replay() {
        for (const { headers, text } of recorder.deliveries.slice(-20).reverse()) {
          await fetch(`${service.url}/webhooks/fusionauth`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'x-fusionauth-signature-jwt': String(headers['x-fusionauth-signature-jwt']),
            },
            body: text,
          });
        }
      },
      async forge() {
        const victim = anyLive();
        const event = {
          type: 'jwt.refresh-token.revoke',
          id: crypto.randomUUID(),
          createInstant: emulator.clock.now(),
          userId: victim.user.id,
          applicationId: shop.id,
          applicationTimeToLiveInSeconds: { [shop.id]: 3_600 },
          refreshToken: { id: victim.refreshTokenId },
        };
        const signature = recorder.deliveries[0]?.headers['x-fusionauth-signature-jwt'];
        const answer = await fetch(`${service.url}/webhooks/fusionauth`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-fusionauth-signature-jwt': String(signature) },
          body: JSON.stringify({ event }),
        });
        expect(answer.status).toBe(401);
      },
      async cutTheFeed() {
        wire.cut();
        await enforce(choose(users));
        await deleteAtFusionAuth(`/${anyLive().refreshTokenId}`);
        wire.isCut = false;
      },
      async restart() {
        await service[Symbol.asyncDispose]();
        // FusionAuth has nobody to tell, and gives up.
        await deleteAtFusionAuth(`/${anyLive().refreshTokenId}`);
        await emulator.events.settled();
        service = await startService();
      },
    };

    for (const user of users) await signIn(user);
    await expectTheTruth();
    for (let step = 0; step < 30; step++) {
      const name = choose(Object.keys(steps));
      await steps[name]?.();
      await expectTheTruth();
    }
  });

  it('when 1,000 revocations come in a burst, and memory is bounded', { timeout: 120_000 }, async () => {
    await service[Symbol.asyncDispose]();
    const env = {
      WEBHOOK_HEADER_NAME: 'x-secret',
      WEBHOOK_HEADER_VALUE: webhookSecret,
      MAX_REMEMBERED_REVOCATIONS: '600',
    };
    service = await startService(env);
    const alice = createTestUser(emulator, [shop], {});
    const [lost, kept] = [await signIn(alice), await signIn(alice)];
    const send = (sessionId: string) =>
      fetch(`${service.url}/webhooks/fusionauth`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-secret': webhookSecret },
        body: JSON.stringify({
          event: {
            type: 'jwt.refresh-token.revoke',
            id: crypto.randomUUID(),
            createInstant: emulator.clock.now(),
            userId: alice.id,
            applicationId: shop.id,
            applicationTimeToLiveInSeconds: { [shop.id]: 3_600 },
            refreshToken: { id: sessionId },
          },
        }),
      });

    const ids = Array.from({ length: 1_000 }, (): string => crypto.randomUUID());
    ids.splice(500, 0, lost.refreshTokenId);
    emulator.store.sessions.delete(lost.refreshTokenId);
    let next = 0;
    const worker = async () => {
      for (let id = ids[next++]; id !== undefined; id = ids[next++]) expect((await send(id)).status).toBe(200);
    };
    await Promise.all(Array.from({ length: 32 }, worker));

    await expectTheTruth();
    expect(await isAccepted(lost)).toBe(false);
    expect(await isAccepted(kept)).toBe(true);
    // The service forgot some, and said so; the guard, which was told of each, did not.
    await expect.poll(() => guard.revocationCount).toBe(ids.length);
  });
});
