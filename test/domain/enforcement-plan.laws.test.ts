import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Preference, planEnforcement, type SessionLimit } from '../../src/domain/enforcement-plan.js';
import { newestFirst, type Session } from '../../src/domain/session.js';
import { anyLimit, anySessions, ids } from '../support/sessions.js';

/** The group a session competes in, restated from the documented rules: null when the limit is not about it. */
function groupOf(session: Session, limit: SessionLimit): string | null {
  if (session.kind === 'sso') return limit.ssoSessions === 'keepAll' ? null : 'SSO';
  if (limit.applicationIds !== null && !limit.applicationIds.includes(session.applicationId)) return null;
  if (limit.deviceTypes !== null && !limit.deviceTypes.includes(session.device.type?.toLowerCase() ?? '')) return null;
  return limit.scope === 'user' ? 'all applications' : session.applicationId;
}

function sizeOf(group: string, limit: SessionLimit): number {
  if (group !== 'SSO') return limit.maxSessions ?? Number.POSITIVE_INFINITY;
  return limit.ssoSessions === 'keepNewest' ? 1 : 0;
}

function groups(sessions: readonly Session[], limit: SessionLimit): ReadonlyMap<string, readonly Session[]> {
  const found = new Map<string, Session[]>();
  for (const session of sessions) {
    const group = groupOf(session, limit);
    if (group !== null) found.set(group, [...(found.get(group) ?? []), session]);
  }
  return found;
}

interface Case {
  readonly sessions: readonly Session[];
  /** Some of the sessions. */
  readonly some: readonly Session[];
  /** All of the sessions in another order. */
  readonly shuffled: readonly Session[];
  readonly limit: SessionLimit;
  readonly preference: Preference;
}

function anyCase(): fc.Arbitrary<Case> {
  return anySessions().chain((sessions) =>
    fc.record<Case>({
      sessions: fc.constant(sessions),
      some: fc.subarray([...sessions]),
      shuffled: fc.shuffledSubarray([...sessions], { minLength: sessions.length }),
      limit: anyLimit(),
      preference: fc.record<Preference>({
        stay: fc.constantFrom('newest', 'lastUsed'),
        requested: fc.subarray([...sessions]).map((requested) => new Set(ids(requested))),
        inDoubt: fc.constant(nobody),
      }),
    }),
  );
}

/** Checks the promise for any sessions, limits and preferences. */
function always(promise: (given: Case) => void): void {
  fc.assert(fc.property(anyCase(), promise), { numRuns: 200 });
}

const sorted = (values: readonly string[]) => [...values].sort();
const nobody: Preference['requested'] = new Set();
const newest: Preference = { stay: 'newest', requested: nobody, inDoubt: nobody };
const lastUsed: Preference = { stay: 'lastUsed', requested: nobody, inDoubt: nobody };

describe('planEnforcement, whatever is preferred', () => {
  it('ends a session in doubt that the limit is about, and gives its place to another one', () => {
    always(({ sessions, some, limit, preference }) => {
      const inDoubt = new Set(ids(some));
      const plan = planEnforcement(sessions, limit, { ...preference, inDoubt });
      const certain = sessions.filter(({ id }) => !inDoubt.has(id));
      const doubtful = some.filter((session) => groupOf(session, limit) !== null);
      const without = planEnforcement(certain, limit, preference);
      expect(ids(plan.kept)).toEqual(ids(without.kept));
      expect(sorted(ids(plan.surplus))).toEqual(sorted([...ids(without.surplus), ...ids(doubtful)]));
    });
  });

  it('puts every session into exactly one list', () => {
    always(({ sessions, limit, preference }) => {
      const { kept, spared, surplus } = planEnforcement(sessions, limit, preference);
      expect(sorted([...ids(kept), ...ids(spared), ...ids(surplus)])).toEqual(sorted(ids(sessions)));
    });
  });

  it('keeps as many sessions of a group as the limit allows, or all when there are fewer', () => {
    always(({ sessions, limit, preference }) => {
      const keptGroups = groups(planEnforcement(sessions, limit, preference).kept, limit);
      for (const [group, members] of groups(sessions, limit)) {
        expect(keptGroups.get(group)?.length ?? 0).toBe(Math.min(sizeOf(group, limit), members.length));
      }
    });
  });

  it('spares exactly the sessions the limit is not about', () => {
    always(({ sessions, limit, preference }) => {
      const { spared } = planEnforcement(sessions, limit, preference);
      expect(sorted(ids(spared))).toEqual(sorted(ids(sessions.filter((one) => groupOf(one, limit) === null))));
    });
  });

  it('lists what stays newest first and what ends oldest first', () => {
    always(({ sessions, limit, preference }) => {
      const { kept, spared, surplus } = planEnforcement(sessions, limit, preference);
      expect(kept).toEqual([...kept].sort(newestFirst));
      expect(spared).toEqual([...spared].sort(newestFirst));
      expect(surplus).toEqual([...surplus].sort(newestFirst).reverse());
    });
  });

  it('ends nothing when it is applied to its own result', () => {
    always(({ sessions, limit, preference }) => {
      const first = planEnforcement(sessions, limit, preference);
      const second = planEnforcement([...first.kept, ...first.spared], limit, preference);
      expect(second).toEqual({ kept: first.kept, spared: first.spared, surplus: [] });
    });
  });

  it('decides the same whatever the order of the sessions', () => {
    always(({ sessions, shuffled, limit, preference }) => {
      expect(planEnforcement(shuffled, limit, preference)).toEqual(planEnforcement(sessions, limit, preference));
    });
  });

  it('leaves the list it was given as it was', () => {
    always(({ sessions, limit, preference }) => {
      const before = [...sessions];
      planEnforcement(Object.freeze(sessions), limit, preference);
      expect(sessions).toEqual(before);
    });
  });

  it('ends a requested application session only when requested ones fill the places of its group', () => {
    always(({ sessions, limit, preference }) => {
      const { kept, surplus } = planEnforcement(sessions, limit, preference);
      const keptGroups = groups(kept, limit);
      for (const [group, ending] of groups(surplus, limit)) {
        if (group === 'SSO' || !ending.some(({ id }) => preference.requested.has(id))) continue;
        expect((keptGroups.get(group) ?? []).every(({ id }) => preference.requested.has(id))).toBe(true);
      }
    });
  });

  it('keeps the newest SSO session', () => {
    const ssoOf = (plan: readonly Session[]) => ids(plan.filter(({ kind }) => kind === 'sso'));
    always(({ sessions, limit, preference }) => {
      const plan = planEnforcement(sessions, limit, preference);
      const byAge = planEnforcement(sessions, limit, newest);
      expect([ssoOf(plan.kept), ssoOf(plan.surplus)]).toEqual([ssoOf(byAge.kept), ssoOf(byAge.surplus)]);
    });
  });
});

describe('planEnforcement when the newest stay', () => {
  it('ends no session that is newer than one of its group that stays', () => {
    always(({ sessions, limit }) => {
      const { kept, surplus } = planEnforcement(sessions, limit, newest);
      const ending = groups(surplus, limit);
      for (const [group, staying] of groups(kept, limit)) {
        for (const ends of ending.get(group) ?? []) {
          for (const stays of staying) expect(newestFirst(stays, ends)).toBeLessThan(0);
        }
      }
    });
  });

  it('does so unless told otherwise', () => {
    always(({ sessions, limit }) => {
      expect(planEnforcement(sessions, limit)).toEqual(planEnforcement(sessions, limit, newest));
    });
  });

  it('never turns a session that ends into one that stays when more sessions are there', () => {
    always(({ sessions, some, limit }) => {
      const endingAmongAll = ids(planEnforcement(sessions, limit, newest).surplus);
      const endingAmongSome = ids(planEnforcement(some, limit, newest).surplus);
      expect(endingAmongAll).toEqual(expect.arrayContaining([...endingAmongSome]));
    });
  });

  it('never ends one of the final newest, whichever of the sessions it sees', () => {
    always(({ sessions, some, limit }) => {
      const finalNewest = new Set(ids(planEnforcement(sessions, limit, newest).kept));
      const ending = ids(planEnforcement(some, limit, newest).surplus);
      expect(ending.filter((id) => finalNewest.has(id))).toEqual([]);
    });
  });
});

describe('planEnforcement when those used last stay', () => {
  const usedAt = (session: Session) => session.lastAccessedAt ?? session.createdAt;

  it('ends no application session that was used later than one of its group that stays', () => {
    always(({ sessions, limit }) => {
      const { kept, surplus } = planEnforcement(sessions, limit, lastUsed);
      const ending = groups(surplus, limit);
      for (const [group, staying] of groups(kept, limit)) {
        if (group === 'SSO') continue;
        for (const ends of ending.get(group) ?? []) {
          for (const stays of staying) expect(usedAt(stays)).toBeGreaterThanOrEqual(usedAt(ends));
        }
      }
    });
  });
});
