import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { shopTokens } from '../support/access-tokens.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { type SessionEventJson, subscribe } from '../support/subscription.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { startReplicas } from './replicas.js';

/** In which a request has arrived, as a rule, in milliseconds. */
const arrivalMs = 300;

const follow = (service: TestService, after: string | null = null, headers = {}) =>
  subscribe(service, service.key(['event:subscribe']), { types: ['SESSION_REVOKED'], after }, { headers });

const revocationsAfter = (service: TestService, after: string) =>
  service.query('query ($after: ID) { revocations(after: $after) { sessionId } }', { after });

const sessionIdsOf = (revocations: readonly { readonly sessionId: string | null }[]) =>
  revocations.map(({ sessionId }) => sessionId);

interface Scene {
  readonly second: TestService;
  /** The way of the second replica to the database. */
  readonly way: TcpProxy;
  /** Ends a session at the first replica, and returns its id with the event, as a subscriber there gets it. */
  readonly revoke: () => Promise<{ readonly id: string; readonly event: SessionEventJson }>;
}

async function withReplicas(play: (scene: Scene) => Promise<void>): Promise<void> {
  const url = new URL(await (await sharedPostgres()).createDatabase());
  await using replicas = await startReplicas({ databaseUrl: url.href, count: 1 });
  const { first } = replicas;
  await using way = await startTcpProxy(Number(url.port));
  url.port = String(way.port);
  await using second = await startTestService({ env: { ...shopTokens, DATABASE_URL: url.href }, beside: first });
  await using follower = await follow(first);
  await play({
    second,
    way,
    async revoke() {
      const { refreshTokenId: id } = await first.user().login();
      await first.data('mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }', { id });
      return { id, event: await follower.nextEvent() };
    },
  });
}

it('a replica reads on for who names an event that it has yet to read', () =>
  withReplicas(async ({ second, way, revoke }) => {
    way.set('frozen');
    const { event } = await revoke();
    const resuming = follow(second, event.id);
    const listing = revocationsAfter(second, event.id);
    await delay(arrivalMs);
    way.set('open');
    await using resumed = await resuming;
    expect(resumed.refusal).toBeNull();
    expect((await listing).body.data).toEqual({ revocations: [] });
    const { id } = await revoke();
    expect(sessionIdsOf(await resumed.eventsOf(1))).toEqual([id]);
    expect((await revocationsAfter(second, event.id)).body.data).toEqual({ revocations: [{ sessionId: id }] });
  }));

it('a replica that cannot read says that, and not that events were missed; browsers begin anew', () =>
  withReplicas(async ({ second, way, revoke }) => {
    way.set('closed');
    const { id, event } = await revoke();
    await using refused = await follow(second, event.id);
    const unavailable = { errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE', unavailable: 'DATABASE' } }] };
    expect(refused.refusal).toMatchObject(unavailable);
    expect((await revocationsAfter(second, event.id)).body).toMatchObject(unavailable);
    await using browser = await follow(second, null, { 'last-event-id': event.id });
    expect(browser.refusal).toBeNull();
    way.set('open');
    // Rather twice than never.
    expect(sessionIdsOf([await browser.nextEvent()])).toEqual([id]);
  }));
