import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aliceId,
  ScriptedService,
  serviceKey,
  sessionNumber,
  shopId,
  signToken,
  until,
} from '../guard/scripted-service.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { beginning, programs } from './guarded-servers.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const frameworks = fileURLToPath(new URL('./frameworks/node_modules', import.meta.url));
const libraries = ['jose', 'eventsource-parser'];
const packages = ['fusionauth-sessions-guard', 'fusionauth-sessions-client'];

/** A project that has installed the packages and nothing else. */
let project: string;

beforeAll(async () => {
  await buildService();
  project = await mkdtemp(join(tmpdir(), 'packages-'));
  const { stdout } = await run('node', ['scripts/pack-all.mjs', join(project, 'tarballs')], { cwd: root });
  const tarballs = stdout.trim().split('\n');
  for (const name of packages) {
    const folder = join(project, 'node_modules', name);
    await mkdir(folder, { recursive: true });
    const tarball = tarballs.find((path) => path.includes(name)) ?? '';
    await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
  }
  for (const name of libraries) await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name));
}, buildTimeoutMs);

afterAll(() => rm(project, { recursive: true, force: true }));

const manifestOf = async (name: string) =>
  JSON.parse(await readFile(join(project, 'node_modules', name, 'package.json'), 'utf8'));

describe('what is packed', () => {
  it('depends on no server, runs nothing when it is installed, and admits Node.js 20.19', async () => {
    const [guard, client] = await Promise.all(packages.map(manifestOf));
    expect(Object.keys(guard.dependencies)).toEqual(['eventsource-parser', 'jose']);
    expect(client.dependencies).toEqual({});
    for (const manifest of [guard, client]) {
      expect(manifest.engines).toEqual({ node: '>=20.19' });
      expect(manifest.scripts).toBeUndefined();
    }
  });

  it('holds no map of sources that are not there, no file of the server, and no broken link', async () => {
    for (const name of packages) {
      const files = await readdir(join(project, 'node_modules', name), { recursive: true });
      expect(files.filter((file) => /\.map$|graphql|fusionauth\/|postgres/.test(file))).toEqual([]);
      const readme = await readFile(join(project, 'node_modules', name, 'README.md'), 'utf8');
      expect(readme).not.toMatch(/\]\((?!https:)/);
    }
  });
});

const use = `
  if (typeof createGuard !== 'function' || typeof checkRequest !== 'function') throw new Error('no guard');
  if (typeof createSessionsClient({ serviceUrl: 'http://x', serviceKey: 'y' }).afterLogin !== 'function') throw new Error();
  try { createGuard({}); } catch (error) { if (error instanceof TypeError) console.log('works'); }`;
const imports = `
  import { createGuard } from 'fusionauth-sessions-guard';
  import { checkRequest } from 'fusionauth-sessions-guard/fetch';
  import { createSessionsClient } from 'fusionauth-sessions-client';`;

describe('a fresh project', () => {
  it.each([
    ['of ES modules', 'program.mjs', imports + use],
    [
      'of CommonJS',
      'program.cjs',
      imports.replaceAll(/import (\{.*\}) from ('.*');/g, 'const $1 = require($2);') + use,
    ],
  ])('%s uses guard and client', async (_kind, name, text) => {
    await writeFile(join(project, name), text);
    expect((await run('node', [name], { cwd: project })).stdout).toBe('works\n');
  });

  it('of ES modules whose older parts are CommonJS has one token of a request in both', async () => {
    const path = 'fusionauth-sessions-guard/express';
    const text = `
      import { createRequire } from 'node:module';
      import { expressGuard } from '${path}';
      const { acceptedToken } = createRequire(import.meta.url)('${path}');
      const guard = { check: async () => ({ ok: true, userId: 'alice' }) };
      const request = { headers: {} };
      expressGuard(guard)(request, {}, () => console.log(acceptedToken(request).userId));`;
    await writeFile(join(project, 'mixed.mjs'), text);
    expect((await run('node', ['mixed.mjs'], { cwd: project })).stdout).toBe('alice\n');
  });

  it('that bundles uses guard and client', async () => {
    await writeFile(join(project, 'entry.mjs'), imports + use);
    await build({
      root: project,
      logLevel: 'silent',
      build: { ssr: 'entry.mjs', outDir: 'bundle' },
      ssr: { noExternal: true },
    });
    const bundle = (await readdir(join(project, 'bundle'))).find((file) => /^entry/.test(file)) ?? '';
    await rename(join(project, 'bundle', bundle), join(project, 'bundle', 'alone.mjs'));
    expect((await run('node', ['bundle/alone.mjs'], { cwd: project })).stdout).toBe('works\n');
  });

  it.each([
    ['nodenext', 'types.mts', ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ['nodenext', 'types.cts', ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ['node16', 'types.mts', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16],
    ['node16', 'types.cts', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16],
    ['bundler', 'types.ts', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
    ['node10', 'types.ts', ts.ModuleKind.CommonJS, ts.ModuleResolutionKind.Node10],
  ])('finds types by %s in %s', async (_name, file, module, moduleResolution) => {
    const path = join(project, file);
    await writeFile(
      path,
      `${imports}
      import { expressGuard } from 'fusionauth-sessions-guard/express';
      const client = createSessionsClient({ serviceUrl: 'x', serviceKey: 'y' });
      export const result: Promise<'kept' | 'superseded' | 'notLive' | 'incomplete' | 'rejected'> =
        client.afterLogin({ userId: 'u' }).then(({ result }) => result);
      export const guard = createGuard({ serviceUrl: 'x', serviceKey: 'y', accessTokens: { issuer: 'i', audience: 'a' }, whenFeedIsDown: 'refuse' });
      declare const perhaps: string | undefined;
      createSessionsClient({ serviceUrl: 'x', serviceKey: 'y', tenantId: perhaps });
      createGuard({ serviceUrl: 'x', serviceKey: 'y', accessTokens: { fusionAuthUrl: perhaps, issuer: 'i', audience: 'a' }, whenFeedIsDown: 'refuse', tenantIds: perhaps });
      export const lag: number | null = guard.revocationLagSeconds;
      export const middleware = expressGuard(guard);
      export const checked = checkRequest(guard, new Request('http://x'));
      // @ts-expect-error It has no default.
      createGuard({ serviceUrl: 'x', serviceKey: 'y', accessTokens: { issuer: 'i', audience: 'a' } });`,
    );
    const options: ts.CompilerOptions = {
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: false,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: [],
      ignoreDeprecations: '6.0',
    };
    const program = ts.createProgram([path], options, hostSharingLibraries(options));
    // Of what is in the project: the libraries of the language take longer than it, and are the same for all.
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(project));
    expect(own.length).toBeGreaterThan(packages.length);
    const problems = [program.getOptionsDiagnostics(), program.getGlobalDiagnostics()]
      .flat()
      .concat(own.flatMap((one) => ts.getPreEmitDiagnostics(program, one)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(problems).toEqual([]);
  });
});

const parsed = new Map<string, ts.SourceFile | undefined>();

/** The declarations of the language are the same for every program, and take longer to parse than all else. */
function hostSharingLibraries(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    getSourceFile(name, ...rest) {
      if (!/\/typescript\/lib\/lib\.[^/]*$/.test(name)) return host.getSourceFile(name, ...rest);
      if (!parsed.has(name)) parsed.set(name, host.getSourceFile(name, ...rest));
      return parsed.get(name);
    },
  };
}

const areThere = existsSync(frameworks);
if (!areThere) {
  process.stderr.write('SKIPPED: the frameworks are not installed: npm ci --prefix test/packages/frameworks\n');
}

describe.skipIf(!areThere && process.env['CI'] === undefined)('the packed guard', () => {
  beforeAll(async () => {
    for (const name of await readdir(frameworks)) {
      if (!name.startsWith('.') && !existsSync(join(project, 'node_modules', name))) {
        await symlink(join(frameworks, name), join(project, 'node_modules', name));
      }
    }
  });

  it.each(Object.entries(programs))('guards a server of %s, which ends when it is closed', async (name, program) => {
    await using service = await ScriptedService.start();
    const file = `${name.replaceAll(' ', '-')}.mjs`;
    await writeFile(join(project, file), beginning + program);
    const env = { PATH: process.env['PATH'], SERVICE_URL: service.url, SERVICE_KEY: serviceKey, AUDIENCE: shopId };
    const server = spawn('node', [file], { cwd: project, env, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(server, 'exit');
    const [url] = await once(server.stdout.setEncoding('utf8'), 'data');
    const get = async (token: string) => {
      const response = await fetch(String(url).trim(), { headers: { authorization: `Bearer ${token}` } });
      return [response.status, response.headers.get('www-authenticate'), await response.text()];
    };
    const token = await signToken();
    expect(await get(token)).toEqual([200, null, aliceId]);
    service.revoke({ sessionId: sessionNumber(1) });
    await expect.poll(async () => (await get(token))[0]).toBe(401);
    expect((await get('nothing'))[1]).toContain('invalid_token');
    server.stdin.end();
    expect(await ended).toEqual([0, null]);
    await until(() => service.streamCount === 0);
  });
});
