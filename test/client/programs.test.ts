import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId } from '../support/access-tokens.js';
import { knownTokens, nameOfKey } from '../support/oauth.js';
import { startTestService, type TestService } from '../support/service.js';
import { Conversation } from './conversation.js';
import { oddIds, startOddProxy, startStranger } from './odd-answers.js';

const run = promisify(execFile);
const trustedDocuments = fileURLToPath(new URL('../../trusted-documents.json', import.meta.url));
const pathOf = (name: string) => fileURLToPath(new URL(`../../examples/languages/${name}`, import.meta.url));

interface Program {
  readonly language: string;
  /** Runs it, or compiles it; with this argument it tells its version. */
  readonly tool: string;
  readonly versionOption: string;
  /** Whether CI has to have the tool, which .ci/run installs. */
  readonly isInCi: boolean;
  /** What makes it, if that has to be. */
  readonly compile?: (folder: string) => readonly [string, readonly string[]];
  readonly start: (folder: string) => readonly [string, readonly string[]];
  /** Whether it is ended once it has said all, because what runs it may take long to end. */
  readonly isEnded?: true;
}

const csharpOptions = ['-warn:4', '-warnaserror', '-r:System.Net.Http', '-r:System.Runtime.Serialization'];

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** For a Java that runs for a moment: compiling for speed and collecting garbage side by side take longer than that. */
const briefly = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const programs: readonly Program[] = [
  {
    language: 'Python',
    tool: 'python3',
    versionOption: '--version',
    isInCi: true,
    start: () => ['python3', [pathOf('python/sessions.py')]],
  },
  {
    language: 'PHP',
    tool: 'php',
    versionOption: '--version',
    isInCi: true,
    start: () => ['php', [pathOf('php/sessions.php')]],
  },
  {
    language: 'Ruby',
    tool: 'ruby',
    versionOption: '--version',
    isInCi: true,
    start: () => ['ruby', [pathOf('ruby/sessions.rb')]],
  },
  {
    language: 'Go',
    tool: 'go',
    versionOption: 'version',
    isInCi: true,
    compile: (folder) => ['go', ['build', '-o', join(folder, 'sessions'), pathOf('go/sessions.go')]],
    start: (folder) => [join(folder, 'sessions'), []],
  },
  {
    language: 'Java',
    tool: 'javac',
    versionOption: '--version',
    isInCi: false,
    compile: (folder) => [
      'javac',
      [...briefly.map((option) => `-J${option}`), '-Xlint:all', '-Werror', '-d', folder, pathOf('java/Sessions.java')],
    ],
    start: (folder) => ['java', [...briefly, '-cp', folder, 'Sessions']],
  },
  {
    // Mono stands for .NET, which Debian does not have.
    language: 'C#',
    tool: 'mcs',
    versionOption: '--version',
    isInCi: true,
    compile: (folder) => [
      'mcs',
      [...csharpOptions, `-out:${join(folder, 'Sessions.exe')}`, pathOf('csharp/Sessions.cs')],
    ],
    start: (folder) => ['mono', [join(folder, 'Sessions.exe')]],
    // One time in thirty on a busy machine it waits at its end for a thread of its pool that sleeps for up to a minute.
    isEnded: true,
  },
];

for (const { language, tool, versionOption, isInCi, compile, start, isEnded = false } of programs) {
  const isThere = spawnSync(tool, [versionOption]).status === 0;
  if (!isThere) process.stderr.write(`SKIPPED: ${tool} is missing, so the program in ${language} is not tried.\n`);

  describe.skipIf(!isThere && !(isInCi && process.env['CI'] !== undefined))(`the program in ${language}`, () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'program-'));
      if (compile !== undefined) await run(...compile(folder));
    }, 120_000);

    afterAll(() => rm(folder, { recursive: true, force: true }));

    const afterLogin = async (service: TestService, permission: string, userId: string, sessionId: string) => {
      const [command, given] = start(folder);
      const args = [...given, 'after-login', `${service.url}/`, service.key([permission]), userId, sessionId];
      await using conversation = new Conversation(command, args, isEnded);
      return await conversation.line();
    };

    it('tells what the service says, and tries again what may pass', async () => {
      // Where the service accepts the operations of this package only, those of the programs are among them.
      const env = { FUSIONAUTH_MAX_ATTEMPTS: '1', TRUSTED_DOCUMENTS_FILE: trustedDocuments };
      await using service = await startTestService({ env });
      const user = service.user({ sessions: 2 });
      const { refreshTokenId: id } = await user.login();
      const path = '/api/jwt/refresh';
      service.emulator.faults.add({ path, times: 1, fault: { kind: 'status', status: 503 } });
      expect(await afterLogin(service, 'session:enforce', user.id, id)).toBe('kept');
      expect(user.liveIds()).toEqual([id]);
      await user.login();
      expect(await afterLogin(service, 'session:enforce', user.id, id)).toBe('superseded');
      const unknown = 'f0000000-0000-4000-8000-00000000000f';
      expect(await afterLogin(service, 'session:enforce', user.id, unknown)).toBe('notLive');
      expect(await afterLogin(service, 'session:read', user.id, id)).toBe('rejected');
      service.emulator.faults.add({ path, fault: { kind: 'status', status: 503 } });
      expect(await afterLogin(service, 'session:enforce', user.id, id)).toBe('incomplete');
    }, 60_000);

    it('never answers incomplete for an address without http: or https:, since calling again changes nothing', async () => {
      const id = 'b0000000-0000-4000-8000-000000000001';
      const [command, given] = start(folder);
      for (const url of ['sessions.internal.example', 'localhost:4000', '/sessions', 'ftp://localhost:4000']) {
        await using conversation = new Conversation(command, [...given, 'after-login', url, 'a-key', id, id], isEnded);
        // Libraries of some languages raise an error that says so.
        expect([url, await conversation.line()]).toEqual([url, expect.stringMatching(/^(rejected|ended)$/)]);
      }
    }, 60_000);

    it('refuses tokens of sessions that were revoked, once what it remembers is too old, and says when nobody can tell', async () => {
      await using service = await startTestService({ env: knownTokens, shopId });
      const user = service.user({ sessions: 0 });
      const { token, refreshTokenId } = await user.login();
      const introspect = ['token:introspect'];
      const credentials = [nameOfKey(introspect), service.key(introspect)];
      const [command, given] = start(folder);
      const converse = (...args: readonly string[]) =>
        new Conversation(command, [...given, 'check', `${service.url}/`, ...args], isEnded);
      await using forgetful = converse(...credentials, '0');
      await using remembering = converse(...credentials, '60');
      expect([await forgetful.ask(token), await remembering.ask(token)]).toEqual(['active', 'active']);
      expect([await forgetful.ask('nonsense'), await remembering.ask('nonsense')]).toEqual(['refused', 'refused']);
      await service.data(
        `mutation { revokeSession(sessionId: "${refreshTokenId}", reason: USER_LOGOUT) { userErrors { code } } }`,
      );
      expect([await forgetful.ask(token), await remembering.ask(token)]).toEqual(['refused', 'active']);
      await using stranger = converse('nobody', 'wrong-key', '60');
      expect(await stranger.ask(token)).toBe('unknown');
    }, 60_000);

    it.skipIf(!hasIpv6)(
      'reaches a service whose address is one of IPv6',
      async () => {
        await using service = await startStranger('::1');
        const id = 'b0000000-0000-4000-8000-000000000001';
        const [command, given] = start(folder);
        const args = [...given, 'after-login', service.url, 'a-key', id, id];
        await using conversation = new Conversation(command, args, isEnded);
        expect(await conversation.line()).toBe('kept');
      },
      60_000,
    );

    it('takes no odd answer of a proxy for one of the service, in bounded time, and follows no redirect', async () => {
      await using stranger = await startStranger();
      await using proxy = await startOddProxy(stranger.url);
      const [command, given] = start(folder);
      await Promise.all(
        oddIds.map(async (id) => {
          const args = [...given, 'after-login', proxy.url, 'a-key', id, id];
          await using conversation = new Conversation(command, args, isEnded);
          expect(await conversation.line()).toBe('incomplete');
        }),
      );
      await using check = new Conversation(command, [...given, 'check', proxy.url, 'a-name', 'a-key', '60'], isEnded);
      for (const id of oddIds) expect(await check.ask(id)).toBe('unknown');
      expect(stranger.requests).toEqual([]);
    }, 60_000);
  });
}
