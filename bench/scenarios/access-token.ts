import { runLoad } from '../load/closed-loop.js';
import { signIn } from '../load/login.js';
import { viewerRequest } from '../load/operations.js';
import { median } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

/** CPU time of the service for a call that calls nothing, in microseconds, by the credentials of its caller. */
export interface AccessTokenResult {
  readonly serviceKeyCpuMicros: number;
  readonly accessTokenCpuMicros: number;
  /** The median over the rounds. */
  readonly ratio: number;
}

/** What recognising a caller by an access token costs, beside recognising one by a service key. */
export async function measureAccessTokens(
  emulator: EmulatorProcess,
  settings: BenchSettings,
): Promise<AccessTokenResult> {
  const [user] = await emulator.addUsers(1, 1);
  const [applicationId] = emulator.facts.applicationIds;
  if (user === undefined || applicationId === undefined) throw new RangeError('Nobody can sign in');
  await using server = await startServer('ours', emulator.facts, {
    // As for the service key: one caller makes all the load.
    RATE_LIMIT_USER_POINTS: '100000000',
    ACCESS_TOKEN_ISSUERS: 'acme.com',
    ACCESS_TOKEN_AUDIENCES: applicationId,
  });
  const { token } = await signIn(emulator.facts, user);
  const cpuMicros = async (headers: Readonly<Record<string, string>>) => {
    const before = await server.child.usage();
    const { url } = server;
    const requests = [viewerRequest(headers)];
    const run = await runLoad({ url, requests, connections: 16, durationSeconds: settings.callSeconds });
    return ((await server.child.usage()).cpuMicros - before.cpuMicros) / run.requests;
  };
  const byToken = { authorization: `Bearer ${token}` };
  await cpuMicros(server.headers);
  await cpuMicros(byToken);
  const rounds: { key: number; token: number }[] = [];
  for (let round = 0; round < settings.listRounds; round++) {
    rounds.push({ key: await cpuMicros(server.headers), token: await cpuMicros(byToken) });
  }
  return {
    serviceKeyCpuMicros: median(rounds.map(({ key }) => key)),
    accessTokenCpuMicros: median(rounds.map((round) => round.token)),
    ratio: median(rounds.map((round) => round.token / round.key)),
  };
}
