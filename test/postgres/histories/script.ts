import fc from 'fast-check';
import { type Disturbance, disturbance } from './disturbances.js';

/** What a history does, wave after wave; the steps of a wave at the same time. Numbers pick among what there is. */
export interface History {
  readonly limit: number;
  /** How many sign in at the same time before anything else. */
  readonly signIns: number;
  /** How many SSO sessions there are before that. */
  readonly ssoSessions: number;
  /** Whether the session policy is about this user: it allows {@link policyAllows} sessions, and each sign-in triggers it. */
  readonly isGoverned: boolean;
  readonly waves: readonly (readonly Step[])[];
}

/** How many sessions the session policy leaves. */
export const policyAllows = 2;

/** The role of users whom the session policy is about. */
export const governedRole = 'limited';

export type Step =
  | { readonly kind: 'login' }
  | {
      readonly kind: 'enforce';
      readonly rule: Rule;
      readonly copies: number;
      readonly keep: number;
      readonly by: Who;
      /** How long after the others of its wave it begins, in milliseconds. */
      readonly laterMs: number;
    }
  | { readonly kind: 'revoke'; readonly session: number; readonly by: Who }
  /** Two callers end a session each, and the SSO sessions of the user besides. */
  | { readonly kind: 'revokeWithSso'; readonly session: number; readonly by: readonly [Who, Who] }
  /** "Sign out everywhere else", on the device that has the session to keep. */
  | { readonly kind: 'revokeOthers'; readonly keep: number; readonly by: Who }
  /** Somebody who does not know this service ends a session at FusionAuth. */
  | { readonly kind: 'foreign'; readonly session: number }
  /** Sessions begin at one instant, so that nothing but their ids says which is newer. */
  | { readonly kind: 'twins'; readonly count: number }
  /** A refresh token is exchanged for another one, of the same session. */
  | { readonly kind: 'rotate'; readonly session: number }
  /** FusionAuth deletes the user, and all sessions with it. */
  | { readonly kind: 'delete' };

export type Rule = 'oldest' | 'leastRecentlyUsed' | 'keepRequested' | 'keepNewest' | 'denyNew';

/** Names of service keys. */
export type Who = 'shop' | 'desk' | 'batch';

/** Histories of several users that run side by side. */
export interface Round {
  readonly histories: readonly History[];
  readonly disturbances: readonly Disturbance[];
  /** Whether what FusionAuth reports gets lost, so that only replicas know what they have ended. */
  readonly losesWebhooks: boolean;
  /** How long FusionAuth takes for a revocation at most, in milliseconds: others look and plan meanwhile. */
  readonly maxEndingMs: number;
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
        laterMs: fc.constantFrom(0, 0, 10, 30),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), session: number, by }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('foreign' as const, 'rotate' as const), session: number }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('twins' as const), count: fc.integer({ min: 2, max: 3 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('revokeWithSso' as const), session: number, by: fc.tuple(by, by) }),
    },
    ...(rules.includes('keepRequested')
      ? [{ weight: 1, arbitrary: fc.record({ kind: fc.constant('revokeOthers' as const), keep: number, by }) }]
      : []),
  );

/** One session is named to stay while a rule would end it for the newest one. */
const contest: fc.Arbitrary<History> = fc.record({ keep: number, by, copies }).map(contestOf);

export function contestOf({
  keep,
  by,
  copies,
}: {
  readonly keep: number;
  readonly by: Who;
  readonly copies: number;
}): History {
  const enforce = { kind: 'enforce', keep, by, copies, laterMs: 0 } as const;
  // A turn over all replicas takes its time to begin, on a busy machine the more.
  const oldest = { ...enforce, rule: 'oldest', laterMs: 5 + 15 * (keep % 6) } as const;
  return {
    limit: 1,
    signIns: 2,
    ssoSessions: 0,
    isGoverned: false,
    waves: [
      [
        { ...enforce, rule: 'keepRequested' },
        { ...oldest, by: 'desk' },
      ],
      [oldest, { ...enforce, rule: 'keepRequested', keep: keep + 1, by: 'desk' }],
      [{ kind: 'login' }, { kind: 'login' }],
      [
        { ...enforce, rule: 'keepRequested' },
        { kind: 'revokeOthers', keep: keep + 1, by: 'desk' },
        { kind: 'revokeOthers', keep: keep + 2, by },
      ],
    ],
  };
}

/** Half of these keep by creation only, for which the newest are known whatever happened in which order. */
const anyHistory: fc.Arbitrary<History> = fc
  .constantFrom<readonly Rule[]>(
    ['oldest', 'keepNewest', 'denyNew'],
    ['oldest', 'leastRecentlyUsed', 'keepRequested', 'keepNewest', 'denyNew'],
  )
  .chain((rules) =>
    fc.record({
      limit: fc.integer({ min: 1, max: 3 }),
      signIns: fc.integer({ min: 0, max: 4 }),
      ssoSessions: fc.constantFrom(0, 0, 1, 3),
      isGoverned: fc.boolean(),
      waves: fc.array(fc.array(stepOf(rules), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    }),
  );

/** The user is gone before the history is over. */
const cutShort: fc.Arbitrary<History> = fc.record({ history: anyHistory, wave: number }).map(({ history, wave }) => ({
  ...history,
  waves: history.waves.map((steps, index) =>
    index === wave % history.waves.length ? [...steps, { kind: 'delete' }] : steps,
  ),
}));

/** @param histories How many run side by side. */
export function roundOf(histories: number): fc.Arbitrary<Round> {
  const history = fc.oneof(
    { weight: 8, arbitrary: anyHistory },
    { weight: 2, arbitrary: contest },
    { weight: 1, arbitrary: cutShort },
  );
  return fc.record({
    histories: fc.array(history, { minLength: histories, maxLength: histories }),
    disturbances: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(disturbance, { minLength: 1, maxLength: 3 }) },
    ),
    losesWebhooks: fc.boolean(),
    maxEndingMs: fc.constantFrom(0, 0, 20, 60),
  });
}
