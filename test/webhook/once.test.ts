import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { FusionAuthEvent } from '../../src/domain/fusionauth-event.js';
import { callApi } from '../support/api-client.js';
import { startWebhookEndpoint, type WebhookEndpoint } from '../support/webhook-endpoint.js';
import { signInJson } from '../support/webhook-events.js';

let endpoint: WebhookEndpoint;

afterEach(() => endpoint[Symbol.asyncDispose]());

const start = async (work?: (event: FusionAuthEvent) => Promise<void>, env: Readonly<Record<string, string>> = {}) => {
  endpoint = await startWebhookEndpoint({
    env: { WEBHOOK_SIGNATURE: 'jwks', ...env },
    ...(work === undefined ? {} : { work }),
  });
};

const deliver = async (event: unknown) => {
  const response = await endpoint.deliver(event);
  expect(await response.text()).toBe('');
  return response.status;
};

/** The outcomes that were logged, in order. */
const outcomes = () => endpoint.logs.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined);

describe('the age of an event', () => {
  const secondsAgo = (seconds: number) =>
    signInJson({ createInstant: endpoint.emulator.clock.now() - seconds * 1_000 });

  it.each([
    [301, 400],
    [86_400, 400],
    [295, 200],
    [0, 200],
    [-25, 200],
    [-35, 400],
    [-86_400, 400],
  ])('of %i seconds is answered %i', async (seconds, status) => {
    await start();
    expect(await deliver(secondsAgo(seconds))).toBe(status);
    expect(endpoint.handled).toHaveLength(status === 200 ? 1 : 0);
  });

  it('may be configured', async () => {
    await start(undefined, { WEBHOOK_MAX_AGE_SECONDS: '10', WEBHOOK_CLOCK_TOLERANCE_SECONDS: '0' });
    expect(await deliver(secondsAgo(5))).toBe(200);
    expect(await deliver(secondsAgo(15))).toBe(400);
    expect(await deliver(secondsAgo(-5))).toBe(400);
    expect(outcomes()).toEqual(['handled', 'stale', 'future']);
  });

  it('is by the clock of the service: what was taken once is refused when somebody sends it later', async () => {
    await start();
    const event = secondsAgo(0);
    expect(await deliver(event)).toBe(200);
    endpoint.emulator.clock.advance(301_000);
    expect(await deliver(event)).toBe(400);
    expect(endpoint.handled).toHaveLength(1);
  });

  it('does not matter for an event that is not listened to', async () => {
    await start();
    expect(await deliver({ ...secondsAgo(86_400), type: 'user.create' })).toBe(200);
    expect(outcomes()).toEqual(['ignored']);
  });
});

describe('a duplicate', () => {
  it('is answered 200 and not handled', async () => {
    await start();
    const event = signInJson();
    expect([
      await deliver(event),
      await deliver(event),
      await deliver({ ...event, id: event.id.toUpperCase() }),
    ]).toEqual([200, 200, 200]);
    expect(endpoint.handled).toHaveLength(1);
    expect(outcomes()).toEqual(['handled', 'duplicate', 'duplicate']);
  });

  it('that FusionAuth sends is not handled', async () => {
    await start();
    endpoint.subscribe(['user.login.success', 'jwt.refresh-token.revoke']);
    endpoint.emulator.events.duplicates = 3;
    const alice = endpoint.user();
    const { refreshTokenId } = await alice.login();
    await callApi(endpoint.emulator, 'DELETE', `/api/jwt/refresh/${refreshTokenId}`);
    expect((await endpoint.settled()).map(({ kind }) => kind).toSorted()).toEqual(['sessionRevoked', 'userSignedIn']);
    expect(outcomes()).toHaveLength(8);
  });

  it('at the same time waits for the first, and has its answer', async () => {
    let works = false;
    await start(async () => {
      await wait(50);
      if (!works) throw new Error('Not now');
    });
    const event = signInJson();
    const many = () => Promise.all(Array.from({ length: 10 }, () => deliver(event)));
    expect(new Set(await many())).toEqual(new Set([503]));
    expect(endpoint.handled.length).toBeLessThan(10);
    works = true;
    const before = endpoint.handled.length;
    expect(new Set(await many())).toEqual(new Set([200]));
    expect(endpoint.handled).toHaveLength(before + 1);
  });
});

describe('an event that could not be handled', () => {
  it('is handled when it is sent again', async () => {
    let failures = 2;
    await start(async () => {
      if (failures-- > 0) throw new Error('Not now');
    });
    const event = signInJson();
    expect([await deliver(event), await deliver(event), await deliver(event)]).toEqual([503, 503, 200]);
    expect(new Set(endpoint.handled.map(({ id }) => id)).size).toBe(1);
    expect(outcomes()).toEqual(['failed', 'failed', 'handled']);
    const logged = endpoint.logs.filter(({ msg }) => msg === 'event not handled');
    const eventId = endpoint.handled[0]?.id;
    expect(logged).toMatchObject([{ level: 'error', eventId }, { err: { message: 'Not now' } }]);
  });

  it('is lost outside a transaction, where FusionAuth sends once', async () => {
    await start(async () => {
      throw new Error('Never');
    });
    endpoint.subscribe(['user.login.success']);
    await endpoint.user().login();
    expect(await endpoint.settled()).toHaveLength(1);
  });

  it('in time is answered 503 after the timeout, and 200 when it comes again', async () => {
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await start(() => finished, { WEBHOOK_HANDLE_TIMEOUT_MS: '100' });
    const event = signInJson();
    expect(await deliver(event)).toBe(503);
    finish();
    await expect.poll(() => deliver(event)).toBe(200);
    expect(endpoint.handled).toHaveLength(1);
    expect(outcomes()).toEqual(['late', 'duplicate']);
  });

  it('has FusionAuth undo what is in a transaction', async () => {
    await start(async () => {
      throw new Error('Never');
    });
    endpoint.subscribe(['jwt.refresh-token.revoke'], {}, 'AbsoluteMajority');
    const alice = endpoint.user({ sessions: 1 });
    const [session] = alice.sessions;
    const { status } = await callApi(endpoint.emulator, 'DELETE', `/api/jwt/refresh/${session?.id}`);
    expect(status).toBe(504);
    expect(alice.liveIds()).toEqual([session?.id]);
  });
});

it('after a restart an event is handled once more, as nothing is stored', async () => {
  await start();
  const event = signInJson();
  expect(await deliver(event)).toBe(200);
  await endpoint[Symbol.asyncDispose]();
  await start();
  expect(await deliver(event)).toBe(200);
  expect(endpoint.handled).toHaveLength(1);
});
