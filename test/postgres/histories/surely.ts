import { contestOf, type History, type Round } from './script.js';

const login = { kind: 'login' } as const;
const enforcement = { kind: 'enforce', rule: 'oldest', copies: 2, keep: 0, by: 'shop', laterMs: 0 } as const;
const revocation = { kind: 'revoke', session: 0, by: 'desk' } as const;
const busy: History = {
  limit: 2,
  signIns: 4,
  ssoSessions: 1,
  isGoverned: false,
  waves: [
    [enforcement, login, revocation],
    [login, enforcement],
    [login, login, enforcement],
  ],
};

/** Sessions are named that no limit would end: they live on where their revocation got no further than its announcement. */
const named: History = {
  limit: 3,
  signIns: 3,
  ssoSessions: 0,
  isGoverned: false,
  waves: [[revocation, { ...revocation, session: 2, by: 'shop' }]],
};

/** What is met in every run, as chance would have it now and then: nobody but the replicas knows what has ended. */
export const surely: readonly Round[] = [
  {
    histories: Array.from({ length: 6 }, () => busy),
    disturbances: [0, 1].map((replica) => ({
      kind: 'killInMidEnding',
      replica,
      afterMs: 0,
      endings: replica + 1,
      step: 'carriedOut',
    })),
    losesWebhooks: true,
    maxEndingMs: 20,
  },
  {
    histories: Array.from({ length: 9 }, () => named),
    disturbances: (['announced', 'announced', 'answered'] as const).map((step, replica) => ({
      kind: 'killInMidEnding',
      replica,
      afterMs: 0,
      endings: 2,
      step,
    })),
    losesWebhooks: true,
    maxEndingMs: 20,
  },
  {
    histories: Array.from({ length: 6 }, () => busy),
    // No other replica publishes what one of them has ended meanwhile.
    disturbances: [0, 1, 2].map((replica) => ({ kind: 'closed', replica, afterMs: 0, forMs: 2_500 })),
    losesWebhooks: true,
    maxEndingMs: 0,
  },
  {
    histories: Array.from({ length: 12 }, (_, keep) => contestOf({ keep, by: 'batch', copies: 2 })),
    disturbances: [],
    losesWebhooks: false,
    // What is ended lives on for long enough for others to look, and to plan that it stays.
    maxEndingMs: 300,
  },
  {
    // A policy that each sign-in triggers, callers who end SSO sessions, and users who are gone meanwhile.
    histories: Array.from({ length: 6 }, (_, index) => ({
      ...busy,
      ssoSessions: 3,
      isGoverned: index % 2 === 0,
      waves: [
        ...busy.waves,
        [login, { kind: 'revokeWithSso', session: index, by: ['desk', 'shop'] }, { ...enforcement, rule: 'denyNew' }],
        ...(index < 2 ? [[enforcement, { kind: 'delete' } as const]] : []),
      ],
    })),
    disturbances: [],
    losesWebhooks: false,
    maxEndingMs: 20,
  },
];
