import { describe, expect, it } from 'vitest';
import { planEnforcement, type SessionLimit } from '../../src/domain/enforcement-plan.js';
import { console, ids, session, sessionId, shop, wiki } from '../support/sessions.js';

const oneOfAll: SessionLimit = {
  maxSessions: 1,
  scope: 'user',
  applicationIds: null,
  deviceTypes: null,
  ssoSessions: 'keepNewest',
};

function numbers(limit: SessionLimit, sessions: Parameters<typeof planEnforcement>[0]) {
  const plan = planEnforcement(sessions, limit);
  const toNumber = (id: string) => Number(id.slice(-12));
  return {
    kept: ids(plan.kept).map(toNumber),
    spared: ids(plan.spared).map(toNumber),
    surplus: ids(plan.surplus).map(toNumber),
  };
}

const mixed = [
  session({ number: 1 }),
  session({ number: 2, applicationId: console }),
  session({ number: 3, applicationId: null }),
  session({ number: 4 }),
  session({ number: 5, applicationId: null }),
  session({ number: 6, applicationId: wiki }),
];

describe('planEnforcement', () => {
  it.each([
    ['nothing for a user without sessions', oneOfAll, [], { kept: [], spared: [], surplus: [] }],
    [
      'the newest over all applications and the newest SSO session',
      oneOfAll,
      mixed,
      { kept: [6, 5], spared: [], surplus: [1, 2, 3, 4] },
    ],
    [
      'the newest of each application under perApplication',
      { ...oneOfAll, scope: 'perApplication' },
      mixed,
      { kept: [6, 5, 4, 2], spared: [], surplus: [1, 3] },
    ],
    [
      'as many as maxSessions',
      { ...oneOfAll, maxSessions: 3 },
      mixed,
      { kept: [6, 5, 4, 2], spared: [], surplus: [1, 3] },
    ],
    [
      'the other applications when applicationId narrows the limit',
      { ...oneOfAll, applicationIds: [shop] },
      mixed,
      { kept: [5, 4], spared: [6, 2], surplus: [1, 3] },
    ],
    [
      'every SSO session under keepAll',
      { ...oneOfAll, ssoSessions: 'keepAll' },
      mixed,
      { kept: [6], spared: [5, 3], surplus: [1, 2, 4] },
    ],
    [
      'no SSO session under revokeAll',
      { ...oneOfAll, ssoSessions: 'revokeAll' },
      mixed,
      { kept: [6], spared: [], surplus: [1, 2, 3, 4, 5] },
    ],
    [
      'one SSO session under keepNewest, however many sessions an application may have',
      { ...oneOfAll, maxSessions: 9 },
      mixed,
      { kept: [6, 5, 4, 2, 1], spared: [], surplus: [3] },
    ],
  ] as const)('keeps %s', (_what, limit, sessions, expected) => {
    expect(numbers(limit, sessions)).toEqual(expected);
  });

  it('decides between sessions of one millisecond by the greater id', () => {
    const sameInstant = [7, 9, 8].map((number) => session({ number, createdAt: 5 }));
    const plan = planEnforcement(sameInstant, oneOfAll);
    expect(ids(plan.kept)).toEqual([sessionId(9)]);
    expect(ids(plan.surplus)).toEqual([sessionId(7), sessionId(8)]);
  });

  it('does not let SSO sessions use up the budget of application sessions', () => {
    const newestIsSso = [session({ number: 1 }), session({ number: 2, applicationId: null })];
    expect(numbers(oneOfAll, newestIsSso)).toEqual({ kept: [2, 1], spared: [], surplus: [] });
  });
});
