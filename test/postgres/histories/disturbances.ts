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
  | { readonly kind: 'pauseDatabase'; readonly afterMs: number; readonly forMs: number };

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

export const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
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
);
