import { expect, it } from 'vitest';
import { codesOf, enforceSingleSession } from '../support/enforcement.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService } from '../support/service.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

it('a connection that is cut while it gives a turn back ends neither the process nor the operation', async () => {
  const databaseUrl = new URL(await (await sharedPostgres()).createDatabase());
  let cuts = 0;
  const cutAt = (chunk: Buffer) => {
    if (!chunk.includes('commit')) return null;
    cuts++;
    return 'before';
  };
  await using way = await startTcpProxy(Number(databaseUrl.port), { cutAt });
  databaseUrl.port = String(way.port);
  await using service = await startTestService({ env: { DATABASE_URL: databaseUrl.href } });
  for (let round = 1; round <= 3; round++) {
    const user = service.user({ sessions: 2 });
    const keepSessionId = user.sessions[0]?.id ?? '';
    const input = { userId: user.id, keepSessionId, onNewerSession: 'KEEP_REQUESTED' };
    const kept = await enforceSingleSession(service, input);
    expect([kept.outcome, codesOf(kept.warnings)]).toEqual(['ENFORCED', ['ACCESS_TOKENS_STILL_VALID']]);
    expect(user.liveIds()).toEqual([keepSessionId]);
    expect(cuts).toBe(round);
  }
});
