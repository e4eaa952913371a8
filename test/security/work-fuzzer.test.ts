import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { type GraphQLAnswer, startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';
import { heldBytesDuring } from './support/held-bytes.js';
import { QueryMutator, randomFrom, type Selected, textOf } from './support/random-work.js';

/**
 * With it, the search for each kind of caller goes on for so long: a third of it for the most CPU, for the most memory that
 * is held, and for the longest answer.
 */
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 0);
const maxUserUnits = 50_000;
const sessionsOfUser = 300;
/** Reading FusionAuth's answers is counted, and refused by the limit of calls alone: a list of the user's sessions for each. */
const unitsOfReadingOfCall = 8 * sessionsOfUser;
const maxResponseBytes = 5_000_000;
/** What one operation may hold at its worst, with what the client and the emulator hold of it in the same process. */
const maxUserHeldBytes = 8_000_000;
const maxServiceHeldBytes = 32_000_000;

let service: TestService;
let alice: TestUser;
let token: string;
let others: readonly string[];

beforeAll(async () => {
  const points = { RATE_LIMIT_POINTS: '100000000', RATE_LIMIT_USER_POINTS: '100000000' };
  service = await startTestService({ shopId, env: { ...shopTokens, ...points } });
  alice = service.user({ sessions: sessionsOfUser });
  others = Array.from({ length: seconds === 0 ? 20 : 10_000 }, () => service.user({ sessions: 3 }).id);
  token = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, alice.id));
  if (seconds > 0) delays.enable();
}, 120_000);

afterAll(() => service[Symbol.asyncDispose]());

interface Tried {
  readonly text: string;
  readonly status: number;
  readonly cpuMs: number;
  readonly bytes: number;
  /** The longest turn of the event loop, which the emulator and the client share. 0 where it was not measured. */
  readonly loopHoldMs: number;
  /** Null where it was not measured. */
  readonly heldBytes: number | null;
  readonly units: number;
  readonly points: number;
  /** To FusionAuth. */
  readonly calls: number;
  readonly fields: number;
}

const variables = () => ({
  user: alice.id,
  ids: others.slice(0, 100),
  session: alice.sessions[0]?.id ?? '',
  filter: { deviceTypes: Array.from({ length: 100 }, (_, i) => `${'ж'.repeat(100)}${i}`) },
});

function send(text: string, key: string | undefined): Promise<GraphQLAnswer> {
  return service.query(text, variables(), key === undefined ? {} : { key });
}

const delays = monitorEventLoopDelay({ resolution: 1 });
const nanosPerMilli = 1e6;

async function attempt(text: string, key: string | undefined): Promise<Tried> {
  delays.reset();
  const before = process.cpuUsage();
  const answer = await send(text, key);
  const { user, system } = process.cpuUsage(before);
  const { workUnits = 0, workPoints = 0, upstreamCalls = 0 } = costOf(answer);
  return {
    text,
    status: answer.status,
    cpuMs: (user + system) / 1_000,
    bytes: Buffer.byteLength(JSON.stringify(answer.body)),
    loopHoldMs: delays.count === 0 ? 0 : delays.max / nanosPerMilli,
    heldBytes: null,
    units: workUnits,
    points: Math.max(1, upstreamCalls) + workPoints,
    calls: upstreamCalls,
    fields: fieldsIn(answer.body.data),
  };
}

/**
 * Tried again, since the CPU of a process also holds what its compiler and its garbage collector do at that moment: what it
 * took at least. Each time under another text, so that nothing of it is remembered or compiled.
 */
async function attemptAgain(tried: Tried, key: string | undefined): Promise<Tried> {
  let least = tried;
  for (let spaces = 1; spaces <= repetitions; spaces++) {
    const again = await attempt(`${tried.text}${' '.repeat(spaces)}`, key);
    if (again.status === tried.status && again.cpuMs < least.cpuMs) least = again;
  }
  return { ...least, text: tried.text };
}

/** The most that is held while it is answered once more. */
async function attemptForMemory(tried: Tried, key: string | undefined): Promise<Tried> {
  return { ...tried, heldBytes: await heldBytesDuring(() => send(`${tried.text} `, key)) };
}

const repetitions = 4;

function costOf({ body }: GraphQLAnswer) {
  const { extensions } = body as {
    readonly extensions?: {
      readonly cost?: { readonly workUnits?: number; readonly workPoints?: number; readonly upstreamCalls?: number };
    };
  };
  return extensions?.cost ?? {};
}

function fieldsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + fieldsIn(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + 1 + fieldsIn(item), 0);
}

/** What makes a query costly, and how to measure one again that seems to cost more than all before. */
interface Measure {
  readonly name: string;
  readonly costOf: (tried: Tried) => number;
  readonly again: (tried: Tried, key: string | undefined) => Promise<Tried>;
}

const asItWas = async (tried: Tried) => tried;
const work: Measure = { name: 'work', costOf: ({ units }) => units, again: asItWas };
const cpu: Measure = { name: 'CPU', costOf: ({ cpuMs }) => cpuMs, again: attemptAgain };
const cpuOfPoint: Measure = { ...cpu, name: 'CPU for each point', costOf: ({ cpuMs, points }) => cpuMs / points };
// Measured for each one, as nothing tells it before.
const memory: Measure = {
  name: 'memory',
  costOf: ({ heldBytes }) => heldBytes ?? Number.POSITIVE_INFINITY,
  again: attemptForMemory,
};
const length: Measure = { name: 'length', costOf: ({ bytes }) => bytes, again: asItWas };
const searches = 3;

/** The worst by each measure, all of them with the memory that they hold. */
async function searchAll(
  caller: 'user' | 'service',
  seed: number,
  tries: number,
  key: string | undefined,
  cpuMeasure: Measure,
  check: (tried: Tried) => void,
): Promise<readonly Tried[]> {
  const worst: Tried[] = [];
  let from: Query | null = null;
  for (const measure of seconds === 0 ? [work] : [cpuMeasure, length, memory]) {
    const most: Found = await search(seed, tries, key, measure, check, measure === memory ? from : null);
    const found = await attemptForMemory(most.tried, key);
    if (seconds > 0) process.stdout.write(findingOf(caller, measure, found));
    worst.push(found);
    from = most.query;
  }
  return worst;
}

/** A line to read, and the document on the next, which the variables of this test go with. */
function findingOf(caller: string, { name }: Measure, found: Tried): string {
  const { cpuMs, loopHoldMs, heldBytes, bytes, points, units, text } = found;
  const held = `${((heldBytes ?? 0) / 1e6).toFixed(1)} MB held, ${Math.round(bytes / 1_000)} kB answered`;
  const took = `${cpuMs.toFixed(1)} ms of CPU, loop held ${loopHoldMs.toFixed(1)} ms`;
  return `worst ${name} of a ${caller}: ${took}, ${held}, ${points} points, ${Math.round(units)} units\n  ${text}\n`;
}

type Query = readonly Selected[];

interface Found {
  readonly query: Query;
  readonly tried: Tried;
}

/** Hill climbing: keeps a change when what is tried costs no less, as `costly` says, and begins anew when it is stuck. Begins with `from`. */
async function search(
  seed: number,
  tries: number,
  key: string | undefined,
  { costOf: costly, again }: Measure,
  check: (tried: Tried) => void,
  from: Query | null,
): Promise<Found> {
  const mutator = new QueryMutator(schema, randomFrom(seed));
  const until = performance.now() + (seconds * 1_000) / searches;
  let worst: Found | null = null;
  let best: { readonly query: Query; readonly cost: number } | null = null;
  let stuck = 0;
  for (let index = 0; seconds === 0 ? index < tries : performance.now() < until; index++) {
    const begun: Query = index === 0 && from !== null ? from : mutator.begin();
    const query: Query = best === null ? begun : mutator.change(best.query);
    const first = await attempt(textOf(query), key);
    check(first);
    const seemsCostlier: boolean = first.status === 200 && costly(first) > (best?.cost ?? 0);
    const tried: Tried = seemsCostlier ? await again(first, key) : first;
    const cost: number = tried.status === 200 ? costly(tried) : -1;
    if (cost >= 0 && (worst === null || cost > costly(worst.tried))) worst = { query, tried };
    if (cost >= (best?.cost ?? 0)) best = { query, cost };
    else if (++stuck % 60 === 0) best = null;
  }
  if (worst === null) throw new Error('No query was answered');
  return worst;
}

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

function expectWithinLimits(tried: Tried): void {
  expect([200, 400], tried.text).toContain(tried.status);
  expect(tried.bytes, tried.text).toBeLessThanOrEqual(maxResponseBytes + 1_000);
  // What costs no point is not told; otherwise nothing in the answer may be missing from the count.
  if (tried.status === 200) expect(tried.fields, tried.text).toBeLessThanOrEqual(Math.max(tried.units, 2_000));
}

describe('the costliest query that a search finds', () => {
  const timeoutMs = seconds * 1_000 + 120_000;

  it('of a user stays within the work, the memory, the bytes and the time of one operation', {
    timeout: timeoutMs,
  }, async () => {
    const worst = await searchAll('user', 20_261_127, 150, token, cpu, (tried) => {
      expectWithinLimits(tried);
      const mostUnits = maxUserUnits + tried.calls * unitsOfReadingOfCall;
      if (tried.status === 200) expect(tried.units, tried.text).toBeLessThanOrEqual(mostUnits);
    });
    for (const { text, heldBytes, cpuMs } of worst) {
      expect(heldBytes, text).toBeLessThan(maxUserHeldBytes);
      // That of FusionAuth's emulator included, which is in the same process, on a machine that does other things.
      if (seconds > 0) expect(cpuMs, text).toBeLessThan(150);
    }
  });

  it('of a service stays within what its points pay for, and within the memory of one operation', {
    timeout: timeoutMs,
  }, async () => {
    const worst = await searchAll('service', 20_261_128, 60, undefined, cpuOfPoint, expectWithinLimits);
    for (const { text, heldBytes } of worst) expect(heldBytes, text).toBeLessThan(maxServiceHeldBytes);
  });
});
