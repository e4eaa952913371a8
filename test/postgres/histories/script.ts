import fc from 'fast-check';

/** What a history does, wave after wave; the steps of a wave at the same time. Numbers pick among what there is. */
export interface History {
  readonly limit: number;
  /** How many sign in at the same time before anything else. */
  readonly signIns: number;
  readonly waves: readonly (readonly Step[])[];
}

export type Step =
  | { readonly kind: 'login' }
  | { readonly kind: 'enforce'; readonly rule: Rule; readonly copies: number; readonly keep: number; readonly by: Who }
  | { readonly kind: 'revoke'; readonly session: number; readonly by: Who }
  /** Somebody who does not know this service ends a session at FusionAuth. */
  | { readonly kind: 'foreign'; readonly session: number };

export type Rule = 'oldest' | 'leastRecentlyUsed' | 'keepRequested' | 'keepNewest';

/** Names of service keys. */
export type Who = 'shop' | 'desk' | 'batch';

/** What happens to the machines meanwhile. */
export type Disturbance =
  | { readonly kind: 'kill'; readonly replica: number; readonly afterMs: number }
  | { readonly kind: 'cut'; readonly replica: number; readonly afterMs: number }
  /** The process gets no time, as on a starved machine. */
  | { readonly kind: 'pause'; readonly replica: number; readonly afterMs: number; readonly forMs: number }
  /** Its way to the database is closed, or takes everything and gives nothing. */
  | { readonly kind: 'closed' | 'frozen'; readonly replica: number; readonly afterMs: number; readonly forMs: number }
  | { readonly kind: 'restartDatabase'; readonly afterMs: number };

/** Histories of several users that run side by side. */
export interface Round {
  readonly histories: readonly History[];
  readonly disturbances: readonly Disturbance[];
}

const number = fc.nat(9);
const by = fc.constantFrom<Who>('shop', 'desk', 'batch');
const copies = fc.integer({ min: 1, max: 3 });

const stepOf = (rules: readonly Rule[]): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: 'login' } as const) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('enforce' as const),
        rule: fc.constantFrom(...rules),
        copies,
        keep: number,
        by,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), session: number, by }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign' as const), session: number }) },
  );

/** Half of the histories keep by creation only, for which the newest are known whatever happened in which order. */
const history: fc.Arbitrary<History> = fc
  .constantFrom<readonly Rule[]>(
    ['oldest', 'keepNewest'],
    ['oldest', 'leastRecentlyUsed', 'keepRequested', 'keepNewest'],
  )
  .chain((rules) =>
    fc.record({
      limit: fc.integer({ min: 1, max: 3 }),
      signIns: fc.integer({ min: 0, max: 4 }),
      waves: fc.array(fc.array(stepOf(rules), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    }),
  );

const afterMs = fc.integer({ min: 0, max: 150 });
/** Shorter and longer than a revocation waits to be announced. */
const forMs = fc.integer({ min: 50, max: 3_000 });
const replica = fc.nat(2);
const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const), replica, afterMs }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('cut' as const), replica, afterMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const), replica, afterMs, forMs }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('closed' as const, 'frozen' as const), replica, afterMs, forMs }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restartDatabase' as const), afterMs }) },
);

/** @param histories How many run side by side. */
export function roundOf(histories: number): fc.Arbitrary<Round> {
  return fc.record({
    histories: fc.array(history, { minLength: histories, maxLength: histories }),
    disturbances: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(disturbance, { minLength: 1, maxLength: 3 }) },
    ),
  });
}
