import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { AnnouncedEndings } from '../../src/postgres/announced-endings.js';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { causeOf, deliveryOf, endingOf, recorderOf, reportOf, sessions } from '../stores/replicas-of-one-store.js';
import { sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

/** Stores, and how many statements have published something. */
async function open() {
  let publications = 0;
  const url = new URL(await (await sharedPostgres()).createDatabase());
  const proxy = await startTcpProxy(Number(url.port), {
    cutAt(chunk) {
      if (chunk.includes('publish_2')) publications++;
      return null;
    },
  });
  url.port = `${proxy.port}`;
  const stores = await createPostgresStores(postgresOptions(url.href));
  return {
    stores,
    recorder: recorderOf(stores),
    publications: () => publications,
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

afterEach(() => {
  vi.useRealTimers();
});

const cause = causeOf('SINGLE_SESSION_POLICY');

it('publishes the endings of one plan by one statement, however many answers of FusionAuth they came with', async () => {
  await using log = await open();
  const [first] = sessions;
  if (first === undefined) throw new TypeError('No session');
  await using view = log.stores.claims.open(first.userId);
  view.look();
  const about = { applicationId: null, tenantId: null, replacedBySessionId: null };
  const ends = sessions.map(({ id }) => ({ id, ...about }));
  expect(await view.claim({ rule: 'byCreation', keeps: [], ends, cause })).toBeNull();
  // However long a busy machine takes for the turns of the loop.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const publishing: Promise<unknown>[] = [];
  for (const session of sessions) {
    publishing.push(log.recorder.recordOwn(endingOf(session, 'SINGLE_SESSION_POLICY'), null, cause));
    view.settle(session.id, 'ended');
    for (let turns = 0; turns < 3; turns++) await nextTurn();
  }
  expect(await Promise.all(publishing)).toEqual(sessions.map(() => 'published'));
  expect(log.publications()).toBe(1);
});

it('lets what FusionAuth reports wait for no announced ending, and nothing for long', async () => {
  await using log = await open();
  const [first, second] = sessions;
  if (first === undefined || second === undefined) throw new TypeError('No session');
  await using view = log.stores.claims.open(first.userId);
  view.look();
  const ends = [first, second].map(({ id }) => ({
    id,
    applicationId: null,
    tenantId: null,
    replacedBySessionId: null,
  }));
  await view.claim({ rule: 'byCreation', keeps: [], ends, cause });
  // The other one hangs.
  const own = log.recorder.recordOwn(endingOf(first, 'SINGLE_SESSION_POLICY'), null, cause);
  view.settle(first.id, 'ended');
  const reported = log.recorder.recordReported(reportOf(second), deliveryOf(1));
  expect(await Promise.all([own, reported])).toEqual(['published', 'published']);
});

it('waits for all that is announced, and not where nothing is', async () => {
  const announced = new AnnouncedEndings();
  await announced.settled();
  announced.add(2);
  let isOver = false;
  const waiting = announced.settled().then(() => {
    isOver = true;
  });
  announced.add(-1);
  await null;
  expect(isOver).toBe(false);
  announced.add(-1);
  await waiting;
  // An operation that never settles what it has announced keeps others waiting for a bounded time.
  announced.add(1);
  await announced.settled();
});
