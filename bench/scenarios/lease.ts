import { deepStrictEqual } from 'node:assert/strict';
import { type Comparison, compare, type Operation, type Side } from '../load/in-turn.js';
import { graphQLRequest } from '../load/operations.js';
import { send } from '../load/send.js';
import { listSide, repeated } from '../load/usual-sides.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { type RunningServer, startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { listedSessions } from './list.js';

/** Of a thousand sessions, the most that one call may name. */
const users = 20;

const document = `query ($ids: [ID!]!, $userIds: [ID!]) {
  liveSessions(ids: $ids, userIds: $userIds, maxAgeSeconds: 3600) { sessionId status ageMilliseconds }
}`;

/** What guards ask to extend their lease: 1,000 sessions known and unknown, beside a list of 50. */
export async function measureLease(emulator: EmulatorProcess, settings: BenchSettings): Promise<Comparison[]> {
  await emulator.setLatency(0);
  await using server = await startServer('ours', emulator.facts, { CONFIRMATIONS_PER_SECOND: '10000' });
  const [known] = await leases(emulator, server, 1);
  if (known === undefined) throw new RangeError('Nothing was prepared');
  await known();
  const list = await listSide({ label: 'list of 50 sessions', server, emulator }, listedSessions);
  const asked: Side = {
    label: 'of which nothing is known',
    child: server.child,
    prepare: (count) => leases(emulator, server, count),
  };
  const remembered: Side = {
    label: 'liveSessions of 1,000 ids that are known',
    child: server.child,
    prepare: async (count) => repeated([known], count),
  };
  const reads = await compare({
    what: 'extending the lease',
    sides: [list, remembered],
    connections: 1,
    operations: settings.comparedReads,
    settings,
  });
  const cold = await compare({
    what: 'liveSessions of 1,000 ids of 20 users',
    sides: [{ ...remembered, label: 'of which all is known' }, asked],
    connections: 1,
    operations: Math.ceil(settings.comparedWrites / 4),
    settings: { ...settings, comparisonWarmUp: Math.ceil(settings.comparisonWarmUp / 20) },
  });
  return [reads, cold];
}

/** Each about sessions of its own. */
async function leases(emulator: EmulatorProcess, server: RunningServer, count: number): Promise<Operation[]> {
  const added = await emulator.addUsers(count * users, 1_000 / users);
  const idsOfEach = await emulator.sessionIds(added.map(({ id }) => id));
  return Array.from({ length: count }, (_, index) => {
    const some = idsOfEach.slice(index * users, (index + 1) * users);
    const owners = added.slice(index * users, (index + 1) * users);
    const userIds = some.flatMap((ids, position) => ids.map(() => owners[position]?.id));
    const request = graphQLRequest(server, document, { ids: some.flat(), userIds });
    return async () => {
      const text = JSON.stringify(await send(server.url, request));
      deepStrictEqual(text.split('"status":"LIVES"').length - 1, 1_000);
    };
  });
}
