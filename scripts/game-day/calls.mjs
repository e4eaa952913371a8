// What people and machines do to a service and its FusionAuth on a game day.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { apiKey, serviceKey } from './processes.mjs';

export const alice = 'b0000000-0000-4000-8000-000000000001';
const shop = 'a0000000-0000-4000-8000-000000000001';

export const webhook = { WEBHOOK_USERNAME: 'fusionauth', WEBHOOK_PASSWORD: 'game-day-password-of-the-webhook' };

const post = (url, authorization, body) =>
  fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

export async function ask({ url }, query, key = serviceKey) {
  const response = await post(`${url}/graphql`, `Bearer ${key}`, { query });
  return response.json();
}

export const list = (service, key) => ask(service, `{ sessions(userId: "${alice}") { id } }`, key);

export async function signIn({ url }, loginId = 'alice@example.com', applicationId = shop) {
  const response = await post(`${url}/api/login`, apiKey, { loginId, password: 'password', applicationId });
  return (await response.json()).refreshTokenId;
}

export async function signInTimes(emulator, times) {
  for (let count = 0; count < times; count++) await signIn(emulator);
}

/** Users who sign in once each. */
export async function addUsers(emulator, count) {
  for (let number = 0; number < count; number++) {
    const email = `user-${number}@example.com`;
    await post(`${emulator.url}/api/user/registration`, apiKey, {
      user: { email, password: 'password' },
      registration: { applicationId: shop },
    });
    await signIn(emulator, email);
  }
}

export const addFault = ({ url }, fault) => accepted(post(`${url}/emulator/faults`, apiKey, fault));

export const moveClock = ({ url }, advanceMs) => accepted(post(`${url}/emulator/control/clock`, apiKey, { advanceMs }));

async function accepted(answer) {
  const response = await answer;
  assert.ok(response.ok, `The emulator answers ${response.status}: ${await response.text()}`);
}

/** An event, as FusionAuth delivers it. */
export function deliver({ url }, event, password = webhook.WEBHOOK_PASSWORD) {
  const credentials = `Basic ${btoa(`${webhook.WEBHOOK_USERNAME}:${password}`)}`;
  return post(`${url}/webhooks/fusionauth`, credentials, {
    event: { id: randomUUID(), createInstant: Date.now(), ...event },
  });
}

export const revocation = () => ({
  type: 'jwt.refresh-token.revoke',
  userId: alice,
  applicationId: shop,
  applicationTimeToLiveInSeconds: { [shop]: 300 },
  refreshToken: { id: randomUUID() },
});

export const signedIn = () => ({
  type: 'user.login.success',
  user: { id: alice },
  applicationId: shop,
});

/** Does something again and again until the signal says that it is enough. Failures are what a game day is about. */
export async function repeat(signal, perSecond, act) {
  while (!signal.aborted) {
    act().catch(() => undefined);
    await delay(1_000 / perSecond);
  }
}
