import { beforeAll, expect, it } from 'vitest';
import { SessionEventRecorder } from '../../src/application/events/session-event-recorder.js';
import { Database } from '../../src/postgres/database.js';
import { Housekeeping } from '../../src/postgres/housekeeping.js';
import { PostgresLogSource } from '../../src/postgres/log-source.js';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { session } from '../support/sessions.js';
import { silent } from '../support/telemetry.js';

const minuteMs = 60_000;

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

it('goes on refusing what a replica whose clock is ten minutes ahead would take for over, at that replica, too', async () => {
  const options = postgresOptions(await server.createDatabase());
  const ahead = { now: () => Date.now() + 10 * minuteMs };
  await using right = await createPostgresStores(options);
  await using wrong = await createPostgresStores({ ...options, clock: ahead });
  const ended = session({ number: 1 });
  const { id, userId, applicationId } = ended;
  const recorder = new SessionEventRecorder({
    log: right.log,
    telemetry: silent,
    maxAccessTokenLifetimeMs: 5 * minuteMs,
  });
  const cause = {
    reason: 'USER_REQUEST',
    actor: { kind: 'service', userId: null, name: 'shop' },
    comment: null,
    requestId: 'request',
  } as const;
  await recorder.recordOwn(
    {
      id,
      userId,
      applicationId,
      endedAt: Date.now(),
      reason: 'USER_REQUEST',
      initiatingEntity: 'USER',
      replacedBySessionId: null,
      accessTokensExpireBy: null,
    },
    null,
    cause,
  );
  const all = { since: null, after: null, first: 10, userId: null, tenantIds: null };
  const listed = async ({ memory }: typeof right) => (await memory.list(all)).map(({ sessionId }) => sessionId);
  await expect.poll(() => listed(wrong)).toEqual([id]);
  await using database = closing(new Database({ ...options, onAvailability: () => undefined }));
  const source = new PostgresLogSource({ database, maxRememberedEvents: 0, now: ahead.now });
  await source.head();
  await new Housekeeping({
    database,
    maxRememberedEvents: 0,
    endingMaxAgeMs: 0,
    historyRetentionMs: 0,
    now: () => source.earliestNow,
    onFailure: (error) => {
      throw error;
    },
  }).run();
  await using next = await createPostgresStores({ ...options, clock: ahead });
  for (const replica of [right, wrong, next]) expect(await listed(replica)).toEqual([id]);
});

function closing(database: Database): Database & AsyncDisposable {
  return Object.assign(database, { [Symbol.asyncDispose]: () => database.close() });
}
