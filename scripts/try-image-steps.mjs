// Builds the image without a container engine: takes each instruction of the Dockerfile as it stands, with the files that
// .dockerignore lets through, in a root of its own that holds the machine's programs, the Node.js version that the
// Dockerfile names, and nothing else of the machine. Then it runs what came out as its user on a read-only file system, in
// front of an emulated FusionAuth that compose.yaml's kickstart has set up, with the environment of compose.yaml.
// Needs root and util-linux, and takes about two minutes. What it leaves out: the base image, and other architectures.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { instructionsOf } from './image/instructions.mjs';
import { npmSettings } from './image/npm-settings.mjs';
import { untilOk } from './image/until-ok.mjs';

const repository = fileURLToPath(new URL('../', import.meta.url));
const [fusionAuthPort, servicePort, managementPort] = (process.env.PORTS ?? '21290,21291,21292').split(',').map(Number);

/** Mounts the machine's programs below $1 and Node.js below /opt/node, and runs the rest there. $3 is `ro` for a root that nothing can be written to. */
const enter = `
root=$1 node=$2 mode=$3 user=$4; shift 4
mount --bind "$root" "$root"
for name in usr etc dev proc; do mount --rbind "/$name" "$root/$name"; done
mount --bind "$node" "$root/opt/node"
if [ "$mode" = ro ]; then mount -o remount,bind,ro "$root"; else mount -t tmpfs tmpfs "$root/tmp"; cp -r "$HOME/.npmrc" "$root/tmp/" 2>/dev/null || true; fi
exec chroot --userspec="$user" "$root" "$@"`;

const work = mkdtempSync(join(tmpdir(), 'image-'));
chmodSync(work, 0o755);
try {
  const image = build(instructionsOf(readFileSync(join(repository, 'Dockerfile'), 'utf8')));
  process.stdout.write(
    `Built: ${execFileSync('du', ['-sh', join(image.root, 'app')], { encoding: 'utf8' }).split('\t')[0]} in /app\n`,
  );
  await tryIt(image);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** @returns the last stage. */
function build(instructions) {
  const stages = new Map();
  let stage;
  for (const { name, rest } of instructions) {
    process.stdout.write(`${name} ${rest.slice(0, 100)}\n`);
    switch (name) {
      case 'FROM': {
        const [, version, , as = 'last'] = /(?:^| )node:([\d.]+)-\S+( AS (\w+))?$/.exec(rest) ?? [];
        stage = newStage(as, version);
        stages.set(as, stage);
        break;
      }
      case 'WORKDIR':
        stage.folder = rest;
        mkdirSync(join(stage.root, rest), { recursive: true });
        break;
      case 'COPY':
        copy(stage, stages, rest.split(/\s+/));
        break;
      case 'RUN': {
        const { status } = spawnSync(
          ...inside(stage, 'rw', '0:0', ['sh', '-c', `cd ${stage.folder} && ${rest}`], { PATH: stage.path }),
          { stdio: 'inherit' },
        );
        assert.equal(status, 0, `RUN ${rest}`);
        break;
      }
      case 'ENV':
        for (const pair of rest.split(/\s+/)) stage.env[pair.split('=')[0]] = pair.slice(pair.indexOf('=') + 1);
        break;
      case 'USER':
        stage.user = rest;
        break;
      case 'ENTRYPOINT':
        stage.entrypoint = JSON.parse(rest);
        break;
      case 'HEALTHCHECK':
        stage.healthCheck = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4));
        break;
      case 'LABEL':
      case 'EXPOSE':
        break;
      default:
        throw new Error(`This script does not know the instruction ${name}`);
    }
  }
  return stage;
}

function newStage(name, version) {
  const root = join(work, name);
  for (const folder of ['usr', 'etc', 'dev', 'proc', 'tmp', 'opt/node'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const link of ['bin', 'lib', 'lib64', 'sbin']) {
    if (existsSync(`/${link}`) && lstatSync(`/${link}`).isSymbolicLink())
      symlinkSync(readlinkSync(`/${link}`), join(root, link));
  }
  const node = execFileSync(
    'npm',
    ['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'],
    { cwd: work, encoding: 'utf8' },
  ).trim();
  return { root, node: dirname(node), folder: '/', path: '/opt/node:/usr/bin:/usr/sbin', env: {}, user: '0:0' };
}

/** The arguments of spawn for a command inside of a stage. */
function inside({ root, node }, mode, user, command, env) {
  const passedOn = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(https?_proxy|no_proxy|node_extra_ca_certs)$/i.test(name)),
  );
  const clean =
    mode === 'rw'
      ? {
          ...passedOn,
          ...npmSettings,
          npm_config_userconfig: '/tmp/.npmrc',
          npm_config_cache: '/tmp/npm',
          HOME: '/tmp',
        }
      : { HOME: '/' };
  const variables = Object.entries({ ...clean, ...env }).map(([name, value]) => `${name}=${value}`);
  return [
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-euc',
      enter,
      'enter',
      root,
      node,
      mode,
      user,
      '/usr/bin/env',
      '-i',
      ...variables,
      ...command,
    ],
  ];
}

function copy(stage, stages, words) {
  const [option] = words;
  const from = /^--from=(.*)$/.exec(option)?.[1];
  const paths = from === undefined ? words : words.slice(1);
  const to = paths.pop();
  const target = join(stage.root, to.startsWith('/') ? to : posix.join(stage.folder, to));
  for (const path of paths) {
    if (from === undefined) assert.ok(isInContext(path), `.dockerignore keeps ${path} out`);
    const source = from === undefined ? join(repository, path) : join(stages.get(from).root, path);
    const isFolder = lstatSync(source).isDirectory();
    cpSync(source, isFolder || !to.endsWith('/') ? target : join(target, basename(path)), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

/** .dockerignore keeps everything out but what it lists. */
function isInContext(path) {
  const lines = readFileSync(join(repository, '.dockerignore'), 'utf8').split('\n');
  return lines.some((line) => line.startsWith('!') && (path === line.slice(1) || path.startsWith(`${line.slice(1)}/`)));
}

async function tryIt(image) {
  const { services } = parse(readFileSync(join(repository, 'compose.yaml'), 'utf8'), { merge: true });
  const fusionAuthUrl = `http://127.0.0.1:${fusionAuthPort}`;
  const serviceUrl = `http://127.0.0.1:${servicePort}`;
  // The emulator comes out of the same image.
  const kickstart = join(image.root, 'kickstart.json');
  writeFileSync(kickstart, readFileSync(join(repository, 'deploy/compose/kickstart/kickstart.json')));
  const running = [];
  const start = (args, env) => {
    const child = spawn(
      ...inside(image, 'ro', image.user, [...image.entrypoint, ...args], { PATH: image.path, ...image.env, ...env }),
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    running.push(child);
    return child;
  };
  try {
    const { FUSIONAUTH_APP_KICKSTART_FILE: _file, ...variables } = services.fusionauth.environment;
    start(['emulator', '--port', `${fusionAuthPort}`, '--kickstart', '/kickstart.json', '--search', 'database'], {
      ...variables,
      SESSIONS_WEBHOOK_URL: `${serviceUrl}/webhooks/fusionauth`,
    });
    await untilOk(`${fusionAuthUrl}/api/status`);
    const { DATABASE_URL: _url, DATABASE_TLS: _tls, ...environment } = services.sessions.environment;
    const env = {
      ...environment,
      PORT: `${servicePort}`,
      MANAGEMENT_PORT: `${managementPort}`,
      FUSIONAUTH_URL: fusionAuthUrl,
    };
    const service = start([], env);
    await untilOk(`${serviceUrl}/health/ready`);
    const { status } = spawnSync(
      ...inside(image, 'ro', image.user, image.healthCheck, { PATH: image.path, ...image.env, PORT: `${servicePort}` }),
      { stdio: 'inherit' },
    );
    assert.equal(status, 0, 'the health check of the Dockerfile');
    assert.equal((await fetch(`${serviceUrl}/console/`)).status, 200);
    const login = await fetch(`${fusionAuthUrl}/api/login`, {
      method: 'POST',
      headers: { authorization: 'demo-fusionauth-key', 'content-type': 'application/json' },
      body: JSON.stringify({
        loginId: 'alice@example.com',
        password: 'password',
        applicationId: 'a0000000-0000-4000-8000-000000000001',
      }),
    });
    const { refreshTokenId } = await login.json();
    const answer = await fetch(`${serviceUrl}/graphql`, {
      method: 'POST',
      headers: { authorization: 'Bearer demo-service-key', 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ sessions(userId: "b0000000-0000-4000-8000-000000000001") { id } }' }),
    });
    const { data } = await answer.json();
    assert.ok(data.sessions.some(({ id }) => id === refreshTokenId));
    const exited = once(service, 'exit');
    service.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
    process.stdout.write(
      `As ${image.user} on a read-only file system, the image starts, is healthy, serves, and stops.\n`,
    );
  } finally {
    for (const child of running) child.kill('SIGKILL');
  }
}
