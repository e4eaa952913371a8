import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { MeasuredService } from './support/measured-service.js';

let emulator: Emulator;
let service: MeasuredService;

beforeAll(async () => {
  const [build, started] = await Promise.all([buildService(), startEmulator()]);
  emulator = started;
  // What is in use after a collection of garbage, in bytes.
  service = await MeasuredService.start(build, emulator, '(gc(),gc(),process.memoryUsage().heapUsed)');
}, buildTimeoutMs);

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

/** Sends a document three times: it is remembered, compiled, and used. */
async function sendThrice(query: string): Promise<void> {
  for (let time = 1; time <= 3; time++) await service.query(query);
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
    const before = await service.figure();
    const inFlight = 8;
    await Promise.all(
      repeat(inFlight, (lane) => String(lane)).map(async (lane) => {
        for (let index = Number(lane); index < count; index += inFlight) await sendThrice(shapes[shape](index));
      }),
    );
    const growth = (await service.figure()) - before;
    if (process.env['HELD_MEMORY'] !== undefined) process.stdout.write(`${shape} ${Math.round(growth / 1_000)} kB\n`);
    expect(growth).toBeLessThan(maxGrowth);
  },
);
