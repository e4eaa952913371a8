import fc from 'fast-check';
import type { Fault, FaultRule } from '../../../src/emulator/faults.js';

/** Something that happens. Users and sessions are meant by number, modulo how many there are. */
export type Step =
  | { readonly kind: 'login'; readonly user: number; readonly shortLived: boolean }
  | { readonly kind: 'refresh'; readonly user: number; readonly session: number }
  | {
      readonly kind: 'enforce';
      readonly user: number;
      /** How many equal calls go out at once. */
      readonly copies: number;
      /** Null: no session is named. Otherwise one of the user's own, or of the bystander's. */
      readonly keep: { readonly of: 'self' | 'bystander'; readonly session: number } | null;
    }
  /** The caller dies: its request is aborted after so many milliseconds. */
  | { readonly kind: 'abortedEnforce'; readonly user: number; readonly afterMs: number }
  | { readonly kind: 'revoke'; readonly user: number; readonly session: number }
  /** Time passes. The lifetime of the short-lived sessions is an hour unused. */
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'fault'; readonly on: CallName; readonly what: FaultName; readonly times: number };

export interface Script {
  /** How many sessions each user may keep. There are as many users as limits. */
  readonly limits: readonly number[];
  /** The steps of a wave happen at once; the next wave begins when those are through. */
  readonly waves: readonly (readonly Step[])[];
}

type CallName = 'list' | 'deletion' | 'lookUp' | 'login' | 'settings' | 'anything';
type FaultName = keyof typeof faults;

/** How long the service waits for an answer while scripts are played. */
export const requestTimeoutMs = 400;

const faults = {
  resetBefore: { kind: 'reset', when: 'before' },
  resetAfter: { kind: 'reset', when: 'after' },
  tooManyRequests: { kind: 'status', status: 429, retryAfterSeconds: 0 },
  serverError: { kind: 'status', status: 500 },
  slow: { kind: 'latency', minMs: 1, maxMs: 40 },
  // The service gives up, and FusionAuth does the work all the same, later.
  tooSlow: { kind: 'latency', minMs: requestTimeoutMs + 50, maxMs: requestTimeoutMs + 100 },
  malformedJson: { kind: 'malformedJson' },
} as const satisfies Record<string, Fault>;

const user = fc.nat({ max: 2 });
const session = fc.nat({ max: 9 });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('login'), user, shortLived: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('refresh'), user, session }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('enforce'),
      user,
      copies: fc.integer({ min: 1, max: 3 }),
      keep: fc.option(fc.record({ of: fc.constantFrom('self', 'self', 'bystander'), session })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('abortedEnforce'), user, afterMs: fc.integer({ min: 0, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke'), user, session }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), minutes: fc.constantFrom(1, 25, 61) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('fault'),
      on: fc.constantFrom<CallName[]>(
        'list',
        'deletion',
        'deletion',
        'deletion',
        'lookUp',
        'login',
        'settings',
        'anything',
      ),
      what: fc.oneof(
        {
          weight: 14,
          arbitrary: fc.constantFrom<FaultName[]>(
            'resetBefore',
            'resetAfter',
            'tooManyRequests',
            'serverError',
            'slow',
            'malformedJson',
          ),
        },
        { weight: 1, arbitrary: fc.constant<FaultName>('tooSlow') },
      ),
      times: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

export const script: fc.Arbitrary<Script> = fc.record({
  limits: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  waves: fc.array(fc.array(step, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 8 }),
});

const callsNamed: Readonly<Record<CallName, Pick<FaultRule, 'method' | 'path'>>> = {
  list: { method: 'GET', path: '/api/jwt/refresh' },
  deletion: { method: 'DELETE', path: '/api/jwt/refresh/:id' },
  lookUp: { method: 'GET', path: '/api/jwt/refresh/:id' },
  login: { method: 'POST', path: '/api/login' },
  settings: { path: '/api/tenant' },
  anything: { path: '*' },
};

/** The faults that a step switches on. */
export function faultRule({ on, what, times }: Step & { readonly kind: 'fault' }): FaultRule {
  return { ...callsNamed[on], times: what === 'tooSlow' ? 1 : times, fault: faults[what] };
}
