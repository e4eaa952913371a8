import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendEventsTo } from '../../src/emulator/send-events.js';
import { Database } from '../../src/postgres/database.js';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { enforceSingleSession } from '../support/enforcement.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService, type TestService } from '../support/service.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

/** One replica whose connections to the database are cut, and one that takes FusionAuth's reports. */
let proxy: TcpProxy;
let cut: TestService;
let other: TestService;
let databaseUrl: string;
/** What happens to the next statements that announce a revocation, or look whether the database is there. */
let cuts: ('before' | 'after')[] = [];
/** Whether what the replica itself says of an ending is lost: FusionAuth's report comes first then. */
let losesPublications = false;
let proxiedUrl: string;

function cutAt(chunk: Buffer): 'before' | 'after' | null {
  if (losesPublications && chunk.includes('publish_1')) return 'before';
  const isConcerned = chunk.includes('claim_1') || chunk.includes('select 1\0');
  return isConcerned ? (cuts.shift() ?? null) : null;
}

beforeEach(async () => {
  cuts = [];
  losesPublications = false;
  databaseUrl = await (await sharedPostgres()).createDatabase();
  proxy = await startTcpProxy(Number(new URL(databaseUrl).port), { cutAt });
  const proxied = new URL(databaseUrl);
  proxied.port = String(proxy.port);
  proxiedUrl = proxied.href;
  const env = { ...shopTokens, WEBHOOK_SIGNATURE: 'jwks' };
  cut = await startTestService({ shopId, env: { ...env, DATABASE_URL: proxiedUrl } });
  other = await startTestService({ beside: cut, env: { ...env, DATABASE_URL: databaseUrl } });
  sendEventsTo(cut.emulator, `${other.url}/webhooks/fusionauth`, 'None');
});

afterEach(async () => {
  await other[Symbol.asyncDispose]();
  await cut[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

it.each([
  ['the connection is cut before the claim is sent', ['before']],
  ['the connection is cut before the claim is answered', ['after']],
  ['several connections are cut, and found so one after the other', ['before', 'before', 'before', 'after', 'before']],
] as const)('announces what it ends before it sends the revocation where %s', async (_where, howOften) => {
  const { id: userId, sessions } = cut.user({ sessions: 3 });
  cuts = [...howOften];
  losesPublications = true;
  const { revokedCount } = await enforceSingleSession(cut, { userId, comment: 'one seat' });
  expect({ revokedCount, cuts }).toEqual({ revokedCount: 2, cuts: [] });
  const endings = async () => {
    const { rows } = await (await sharedPostgres()).query(
      databaseUrl,
      'select session_id, reason, actor_kind, comment from fusionauth_sessions.ending order by session_id',
    );
    return rows;
  };
  const expected = sessions
    .slice(0, 2)
    .map(({ id }) => ({
      session_id: id,
      reason: 'SINGLE_SESSION_POLICY',
      actor_kind: 'service',
      comment: 'one seat',
    }))
    .sort((a, b) => (a.session_id < b.session_id ? -1 : 1));
  await expect.poll(endings).toEqual(expected);
});

it('waits with an announcement for a database that is away for a short time, and not for one that is away for longer', async () => {
  const seen: boolean[] = [];
  const database = new Database({
    url: proxiedUrl,
    tls: 'off',
    schema: 'public',
    poolSize: 3,
    statementTimeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    onAvailability: (isAvailable) => seen.push(isAvailable),
  });
  const one = 'select 1 as one';
  await database.query(one);
  proxy.set('closed');
  const waiting = database.queryAgain(one, [], 600_000);
  await expect.poll(() => seen).toEqual([false]);
  await expect(database.queryAgain(one, [], 0)).rejects.toThrow();
  proxy.set('open');
  await database.probe(one);
  database.found(true);
  expect(await waiting).toEqual([{ one: 1 }]);
  await database.close();
});
