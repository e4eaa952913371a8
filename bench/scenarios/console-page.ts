import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConsoleLimits, ConsoleSessions, ConsoleUser } from '../../src/console/api/documents.js';
import { signInToConsole } from '../load/console-sign-in.js';
import { type Comparison, compare, type Operation } from '../load/in-turn.js';
import { send } from '../load/send.js';
import { repeated } from '../load/usual-sides.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

const users = 20;
const sessionsEach = 10;
const publicUrl = 'http://127.0.0.1:6990';
const clientId = 'a0000000-0000-4000-8000-0000000000cc';
const clientSecret = 'the-secret-of-the-console';

/** The queries of a user's page by somebody at the console, who names them by hash, and by a service with their texts. */
export async function measureConsolePages(emulator: EmulatorProcess, settings: BenchSettings): Promise<Comparison> {
  await emulator.setLatency(0);
  await emulator.addConsole({ clientId, clientSecret, callback: `${publicUrl}/console/callback` });
  await using server = await startServer('ours', emulator.facts, {
    RATE_LIMIT_USER_POINTS: '100000000',
    PUBLIC_URL: publicUrl,
    CONSOLE_CLIENT_ID: clientId,
    CONSOLE_CLIENT_SECRET: clientSecret,
    CONSOLE_COOKIE_KEYS: Buffer.alloc(32, 1).toString('base64url'),
    ACCESS_TOKEN_ISSUERS: 'acme.com',
    ACCESS_TOKEN_AUDIENCES: clientId,
    ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: { support: ['session:read', 'policy:read'] } }),
  });
  const texts = manifest.parse(JSON.parse(await readFile(manifestFile, 'utf8')));
  const ids = (await emulator.addUsers(users, sessionsEach)).map(({ id }) => id);
  const person = await signInToConsole(server.url, publicUrl, emulator.facts);
  const service = { ...server.headers, 'content-type': 'application/json' };
  const pagesOf = (headers: Readonly<Record<string, string>>, naming: (sha256: string) => object): Operation[] =>
    ids.map((id) => async () => {
      const queries = [
        { ...naming(ConsoleUser.sha256), variables: { id } },
        { ...naming(ConsoleLimits.sha256), variables: { userId: id } },
        { ...naming(ConsoleSessions.sha256), variables: { userId: id, first: 50 } },
      ].map((body) => send(server.url, { method: 'POST', path: '/graphql', headers, body: JSON.stringify(body) }));
      for (const answer of await Promise.all(queries)) succeeded.parse(answer);
    });
  const byService = pagesOf(service, (sha256) => ({ query: texts[sha256] }));
  const byPerson = pagesOf(person, (sha256) => ({ documentId: `sha256:${sha256}` }));
  const { child } = server;
  return await compare({
    what: 'the three queries of a user with 10 sessions',
    sides: [
      { label: 'by a service, as texts', child, prepare: async (count) => repeated(byService, count) },
      { label: 'at the console, by hash', child, prepare: async (count) => repeated(byPerson, count) },
    ],
    connections: 4,
    operations: Math.ceil(settings.comparedReads / 2),
    settings,
  });
}

const manifestFile = new URL('../../../../trusted-documents.json', import.meta.url);
const manifest = z.record(z.string(), z.string());
const succeeded = z.object({ data: z.record(z.string(), z.unknown()), errors: z.undefined().optional() });
