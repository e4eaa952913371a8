import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopTokens } from '../support/access-tokens.js';
import { codesOf, enforceSingleSession } from '../support/enforcement.js';
import { hasPgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';
import { type Replicas, startReplicas } from './replicas.js';

/** Two replicas behind PgBouncer, after one that has migrated over a direct connection. */
describe.skipIf(!hasPgBouncer())('behind PgBouncer with pooled transactions', () => {
  let pooler: Awaited<ReturnType<typeof startPgBouncer>>;
  let replicas: Replicas;
  let direct: TestService;

  beforeAll(async () => {
    const databaseUrl = await (await sharedPostgres()).createDatabase({ isEmpty: true });
    pooler = await startPgBouncer(Number(new URL(databaseUrl).port));
    const pooled = new URL(databaseUrl);
    pooled.port = String(pooler.port);
    await using migrated = await startTestService({ env: { DATABASE_URL: databaseUrl } });
    expect(migrated.url).toBeTruthy();
    replicas = await startReplicas({ databaseUrl: pooled.href, webhooksTo: [1] });
    direct = await startTestService({ beside: replicas.first, env: { ...shopTokens, DATABASE_URL: databaseUrl } });
  });

  afterAll(async () => {
    await direct?.[Symbol.asyncDispose]();
    await replicas?.[Symbol.asyncDispose]();
    await pooler?.[Symbol.asyncDispose]();
  });

  it('publishes what is revoked once, with its reason, to whoever follows any replica, within seconds', async () => {
    const { first, second } = replicas;
    const follow = (service: TestService) =>
      subscribe(service, service.key(['event:subscribe']), { types: ['SESSION_REVOKED'] });
    await using here = await follow(second);
    await using there = await follow(direct);
    const users = await Promise.all(Array.from({ length: 5 }, () => first.user().login()));
    const document = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
    for (const { refreshTokenId: id } of users) {
      expect(await first.data(document, { id })).toEqual({ revokeSession: { outcome: 'REVOKED' } });
    }
    for (const events of [here, there]) {
      for (const { refreshTokenId: sessionId } of users) {
        expect(await events.nextEvent()).toMatchObject({ sessionId, reason: 'ADMIN_REQUEST' });
      }
    }
    for (const { token } of users) {
      expect((await second.query('{ viewer { name } }', {}, { key: token })).status).toBe(401);
    }
  });

  it('gives turns that hold over replicas', async () => {
    const { first, second } = replicas;
    for (let round = 0; round < 10; round++) {
      const { id: userId, sessions, liveIds } = first.user({ sessions: 2 });
      const [older = '', newer = ''] = sessions.map(({ id }) => id);
      const keep = (service: TestService, keepSessionId: string) =>
        enforceSingleSession(service, { userId, keepSessionId, onNewerSession: 'KEEP_REQUESTED' });
      const answers = await Promise.all([keep(first, older), keep(second, newer)]);
      expect(answers.filter(({ outcome }) => outcome === 'ENFORCED')).toHaveLength(1);
      expect(liveIds()).toHaveLength(1);
      expect(answers.flatMap(({ warnings }) => codesOf(warnings))).not.toContain('NO_SHARED_LOCK');
    }
  });
});
