import fc from 'fast-check';
import type { Fault } from '../../../src/emulator/faults.js';

/** What happens to the machines meanwhile. */
export type Disturbance =
  | { readonly kind: 'kill'; readonly replica: number; readonly afterMs: number }
  /** Killed at a step of its revocations, when so many have come to it. */
  | {
      readonly kind: 'killInMidEnding';
      readonly replica: number;
      readonly afterMs: number;
      readonly endings: number;
      readonly step: EndingStep;
    }
  | { readonly kind: 'cut'; readonly replica: number; readonly afterMs: number }
  /** The process gets no time, as on a starved machine. */
  | { readonly kind: 'pause'; readonly replica: number; readonly afterMs: number; readonly forMs: number }
  /** So long that the database has given its connections up, and the turns that it held. It comes back and goes on. */
  | { readonly kind: 'sleep'; readonly replica: number; readonly afterMs: number; readonly forMs: number }
  /** Its way to the database is closed, or takes everything and gives nothing. */
  | { readonly kind: 'closed' | 'frozen'; readonly replica: number; readonly afterMs: number; readonly forMs: number }
  | { readonly kind: 'restartDatabase'; readonly afterMs: number }
  /** FusionAuth fails so many calls about sessions, some after it has done what they ask. */
  | {
      readonly kind: 'fusionAuth';
      readonly afterMs: number;
      readonly method: 'GET' | 'DELETE';
      readonly times: number;
      readonly fault: Fault;
    }
  /** The database gets no time, whatever it holds. */
  | { readonly kind: 'pauseDatabase'; readonly afterMs: number; readonly forMs: number }
  /** Its processes are killed in the middle of whatever they do, and it is started again. */
  | { readonly kind: 'killDatabase'; readonly afterMs: number }
  /** Connections are ended one by one, whatever they do. */
  | { readonly kind: 'endConnections'; readonly afterMs: number; readonly forMs: number }
  /** Somebody works on a table, and nobody else gets at it: as long as that takes, or as long as it is vacuumed. */
  | { readonly kind: 'lockTable'; readonly afterMs: number; readonly forMs: number; readonly table: Table }
  | { readonly kind: 'vacuumFull'; readonly afterMs: number }
  /** What an operator sets for the role holds for connections that are opened from then on: here for all. */
  | { readonly kind: 'roleSetting'; readonly afterMs: number; readonly forMs: number; readonly setting: RoleSetting };

export type Table = (typeof tables)[number];

const tables = ['log_head', 'event', 'ending', 'session_claim', 'delivery', 'policy_job'] as const;

export type RoleSetting = (typeof roleSettings)[number];

/** Milliseconds that are soon over: turns hold a transaction open, and statements wait for each other. */
const roleSettings = [
  { name: 'lock_timeout', value: 5 },
  { name: 'statement_timeout', value: 50 },
  { name: 'idle_in_transaction_session_timeout', value: 20 },
  { name: 'idle_session_timeout', value: 20 },
] as const;

/**
 * How far a revocation has come: announced, and FusionAuth has not got it; carried out, and the answer is lost; answered,
 * and nothing more is recorded.
 */
export type EndingStep = 'announced' | 'carriedOut' | 'answered';

const afterMs = fc.integer({ min: 0, max: 150 });
/** Shorter and longer than a revocation waits to be announced. */
const forMs = fc.integer({ min: 50, max: 3_000 });
/** Shorter and longer than a replica may take to end what it has announced. */
const sleepMs = fc.integer({ min: 50, max: 5_000 });
const endings = fc.integer({ min: 1, max: 4 });
const step = fc.constantFrom<EndingStep>('announced', 'carriedOut', 'answered');
const replica = fc.nat(2);

const fault = fc.constantFrom<Fault>(
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, retryAfterSeconds: 1 },
  { kind: 'status', status: 429 },
  { kind: 'malformedJson' },
  { kind: 'hang' },
  { kind: 'latency', minMs: 500, maxMs: 1_500 },
);

type Weighted = fc.MaybeWeightedArbitrary<Disturbance>;

const ofMachines: readonly Weighted[] = [
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const), replica, afterMs }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('killInMidEnding' as const), replica, afterMs, endings, step }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('cut' as const), replica, afterMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const), replica, afterMs, forMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sleep' as const), replica, afterMs, forMs: sleepMs }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('closed' as const, 'frozen' as const), replica, afterMs, forMs }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('fusionAuth' as const),
      afterMs,
      method: fc.constantFrom('GET' as const, 'DELETE' as const),
      times: fc.integer({ min: 1, max: 8 }),
      fault,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restartDatabase' as const), afterMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pauseDatabase' as const), afterMs, forMs }) },
];

const ofDatabase: readonly Weighted[] = [
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('killDatabase' as const), afterMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('endConnections' as const), afterMs, forMs }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lockTable' as const),
      afterMs,
      forMs,
      table: fc.constantFrom(...tables),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('vacuumFull' as const), afterMs }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('roleSetting' as const),
      afterMs,
      forMs,
      setting: fc.constantFrom(...roleSettings),
    }),
  },
];

/** REPLICA_DATABASE_UNREST=1 has nothing happen but what is done to the database. */
export const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  ...(process.env['REPLICA_DATABASE_UNREST'] === undefined ? ofMachines : []),
  ...ofDatabase,
);
