import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { serviceKeyFor, testServiceKeys } from '../support/service-keys.js';

/** Answers each message by what is in use after a collection of garbage, in bytes, and tells where it listens. */
const probe = `data:text/javascript,process.on('message',()=>{gc();gc();process.send(process.memoryUsage().heapUsed)})`;

let build: string;
let emulator: Emulator;
let service: ChildProcess;
let url: string;

beforeAll(async () => {
  [build, emulator] = await Promise.all([buildService(), startEmulator()]);
  service = spawn(process.execPath, ['--expose-gc', '--import', probe, `${build}/main.js`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PORT: '0',
      FUSIONAUTH_URL: emulator.url,
      FUSIONAUTH_API_KEY: emulator.apiKey,
      SERVICE_KEYS: JSON.stringify(testServiceKeys()),
      RATE_LIMIT_POINTS: '100000000',
    },
  });
  url = await listeningUrl();
}, buildTimeoutMs);

afterAll(async () => {
  service.kill('SIGKILL');
  await emulator[Symbol.asyncDispose]();
});

function listeningUrl(): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    service.once('exit', () => reject(new Error(output)));
    service.stdout?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(-10_000);
      const found = /"url":"([^"]+)".*"msg":"listening"/.exec(output);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
}

async function heapUsed(): Promise<number> {
  const answer = once(service, 'message');
  service.send('collect');
  const [bytes] = (await answer) as [number];
  return bytes;
}

const key = serviceKeyFor(['session:read']);

/** Sends a document three times: it is remembered, compiled, and used. */
async function sendThrice(query: string): Promise<void> {
  for (let time = 1; time <= 3; time++) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
    });
    const body = (await response.json()) as { readonly errors?: unknown };
    if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
  }
}

const fields = 'id userId applicationId kind state createdAt lastAccessedAt expiresAt ipAddress scopes';
const repeat = (count: number, part: (index: number) => string) => Array.from({ length: count }, (_, i) => part(i));

// The viewer is a service, hence without a user, so that nothing of FusionAuth is called.
const shapes = {
  wide: (i: number) => {
    const lists = repeat(19, (k) => `a${k}: sessions { ${fields} device { name type } user { id email } }`);
    return `query Wide${i} { viewer { user { ${lists.join(' ')} } } }`;
  },
  fragments: (i: number) => {
    const uses = repeat(20, (k) => `a${k}: sessions { ...F }`).join(' ');
    return `query Fragments${i} { viewer { user { ${uses} } } } fragment F on Session { ${fields} user { id } }`;
  },
  longAliases: (i: number) => {
    const lists = repeat(15, (k) => `${'l'.repeat(600)}${k}: sessions { ${'f'.repeat(600)}: id user { id } }`);
    return `query Long${i} { viewer { user { ${lists.join(' ')} } } }`;
  },
} as const;

/** Remembered documents and compiled queries may hold 16 MiB each; the rest is what every process gathers. */
const maxGrowth = 48 * 1_024 * 1_024;

it.each([
  ['wide', 250],
  ['fragments', 250],
  ['longAliases', 200],
] as const)(
  'documents that are %s, %s of them and never the same, hold bounded memory',
  { timeout: 240_000 },
  async (shape, count) => {
    for (let index = 0; index < 20; index++) await sendThrice(shapes[shape](1_000_000 + index));
    const before = await heapUsed();
    const inFlight = 8;
    await Promise.all(
      repeat(inFlight, (lane) => String(lane)).map(async (lane) => {
        for (let index = Number(lane); index < count; index += inFlight) await sendThrice(shapes[shape](index));
      }),
    );
    const growth = (await heapUsed()) - before;
    if (process.env['HELD_MEMORY'] !== undefined) process.stdout.write(`${shape} ${Math.round(growth / 1_000)} kB\n`);
    expect(growth).toBeLessThan(maxGrowth);
  },
);
