import { deepStrictEqual } from 'node:assert/strict';
import { z } from 'zod';
import { type Comparison, compare, type Operation } from '../load/in-turn.js';
import { signIn } from '../load/login.js';
import { viewerRequest } from '../load/operations.js';
import { send } from '../load/send.js';
import { listSide, repeated } from '../load/usual-sides.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';
import { listedSessions } from './list.js';

const tokens = 20;

/** OAuth introspection of the tokens of live sessions beside a list, and beside a query that asks nobody. */
export async function measureIntrospection(emulator: EmulatorProcess, settings: BenchSettings): Promise<Comparison> {
  await emulator.setLatency(0);
  const [audience] = emulator.facts.applicationIds;
  await using server = await startServer('ours', emulator.facts, {
    OAUTH_ISSUERS: 'acme.com',
    OAUTH_AUDIENCES: audience,
  });
  const { url, headers, child } = server;
  const operations: Operation[] = [];
  for (const user of await emulator.addUsers(tokens, 1)) {
    const { token } = await signIn(emulator.facts, user);
    const request = {
      method: 'POST',
      path: '/oauth2/introspect',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }).toString(),
    } as const;
    operations.push(async () => deepStrictEqual(answer.parse(await send(url, request)).active, true));
  }
  const viewer = () => send(url, viewerRequest(headers));
  return await compare({
    what: 'introspection, 8 at once',
    sides: [
      await listSide({ label: 'list of 50 sessions', server, emulator }, listedSessions),
      { label: 'introspection', child, prepare: async (count) => repeated(operations, count) },
      { label: 'query of the caller alone', child, prepare: async (count) => repeated([viewer], count) },
    ],
    connections: 8,
    operations: settings.comparedReads,
    settings,
  });
}

const answer = z.object({ active: z.boolean() });
