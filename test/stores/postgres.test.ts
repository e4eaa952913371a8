import { beforeAll, describe, expect, it } from 'vitest';
import { SessionEventRecorder } from '../../src/application/events/session-event-recorder.js';
import type { Stores } from '../../src/domain/ports/stores.js';
import type { Session } from '../../src/domain/session.js';
import { createPostgresStores } from '../../src/postgres/stores.js';
import { type PostgresServer, sharedPostgres } from '../support/postgres.js';
import { postgresOptions } from '../support/postgres-options.js';
import { session } from '../support/sessions.js';
import { silent } from '../support/telemetry.js';
import type { OpenStores } from './replicas-of-one-store.js';
import { describeSessionLog } from './session-log-contract.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await sharedPostgres();
});

const clock = { now: () => Date.parse('2026-01-31T12:00:00Z') };

const open: OpenStores = async (count) => {
  const options = { ...postgresOptions(await server.createDatabase()), clock };
  const replicas = await Promise.all(Array.from({ length: count }, () => createPostgresStores(options)));
  return {
    replicas,
    close: async () => {
      await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
    },
  };
};

describeSessionLog('in a database', open, { numRuns: 8 });

describe('claims in a database', () => {
  const [first, second, third] = [1, 2, 3].map((number) => session({ number })) as [Session, Session, Session];
  const { userId } = first;
  const cause = {
    reason: 'USER_REQUEST',
    actor: { kind: 'service', userId: null, name: 'shop' },
    comment: null,
  } as const;
  const causeOf = (requestId: string) => ({ ...cause, requestId });
  const endsOf = (...ended: readonly Session[]) =>
    ended.map(({ id, applicationId }) => ({ id, applicationId, tenantId: null, replacedBySessionId: null }));

  /** Who is on record when FusionAuth reports an ending to this replica. */
  async function recordedFor({ id: sessionId, applicationId }: Session, { log, memory }: Stores) {
    const recorder = new SessionEventRecorder({ log, telemetry: silent, maxAccessTokenLifetimeMs: 3_600_000 });
    const about = { sessionId, userId, applicationId, tenantId: null, occurredAt: clock.now() };
    const report = {
      ...about,
      kind: 'sessionRevoked',
      id: `event ${sessionId}`,
      device: null,
      accessTokenLifetimes: new Map(),
    } as const;
    await recorder.recordReported(report, { id: report.id, expiresAt: clock.now() + 300_000 });
    return (await memory.findEnded(sessionId))?.cause?.requestId ?? null;
  }

  it('go on naming who has ended what could not be published yet, while the operation ends more', async () => {
    const { replicas, close } = await open(2);
    const [here, there] = replicas as [Stores, Stores];
    const view = here.claims.open(userId);
    view.look();
    await view.claim({ rule: 'byCreation', keeps: [third.id], ends: endsOf(first), cause: causeOf('mine') });
    view.settle(first.id, 'ended');
    await view.claim({ rule: 'byCreation', keeps: [third.id], ends: endsOf(second), cause: causeOf('mine') });
    expect([await recordedFor(first, there), await recordedFor(second, there)]).toEqual(['mine', 'mine']);
    view.settle(second.id, 'ended');
    await view[Symbol.asyncDispose]();
    await close();
  });

  it('name nobody whose plan collided, although an attempt at it whose answer was lost had not', async () => {
    const { replicas, close } = await open(2);
    const [here, there] = replicas as [Stores, Stores];
    const plan = { rule: 'byCreation', keeps: [second.id], ends: endsOf(first), cause: causeOf('mine') } as const;
    const [mine, theirs] = [here.claims.open(userId), there.claims.open(userId)];
    for (const view of [mine, theirs]) view.look();
    expect(await mine.claim(plan)).toBeNull();
    const chosen = { rule: 'byChoice', keeps: [third.id], ends: endsOf(second), cause: causeOf('theirs') } as const;
    expect(await theirs.claim(chosen)).toBeNull();
    expect(await mine.claim(plan)).not.toBeNull();
    expect([await recordedFor(first, there), await recordedFor(second, there)]).toEqual([null, 'theirs']);
    for (const view of [mine, theirs]) await view[Symbol.asyncDispose]();
    await close();
  });
});
