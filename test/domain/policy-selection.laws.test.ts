import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestStay, planEnforcement } from '../../src/domain/enforcement-plan.js';
import { type GroupId, parseGroupId, type TenantId } from '../../src/domain/ids.js';
import type { Exemption, Policy, PolicyCondition, PolicyRule } from '../../src/domain/policy/policy.js';
import { needsSubject, onlyEnding, type SelectedLimit, selectLimits } from '../../src/domain/policy/selection.js';
import type { Subject } from '../../src/domain/policy/subject.js';
import type { Session } from '../../src/domain/session.js';
import { anySessions, console, ids, session, shop, userId, wiki } from '../support/sessions.js';

const group = parseGroupId('d0000000-0000-4000-8000-000000000001') as GroupId;
const otherGroup = parseGroupId('d0000000-0000-4000-8000-000000000002') as GroupId;
const tenantId = 'e0000000-0000-4000-8000-000000000001' as TenantId;
const otherTenantId = 'e0000000-0000-4000-8000-000000000002' as TenantId;

const everybody: PolicyCondition = {
  applicationIds: null,
  roles: null,
  groupIds: null,
  userIds: null,
  tenantIds: null,
  userData: null,
};

function orNull<T>(...values: T[]): fc.Arbitrary<T | null> {
  return fc.constantFrom(null, ...values);
}

const anyCondition: fc.Arbitrary<PolicyCondition> = fc.record({
  applicationIds: orNull([shop], [console, wiki]),
  roles: orNull(['admin'], ['staff', 'service']),
  groupIds: orNull([group], [otherGroup]),
  userIds: orNull([userId]),
  tenantIds: orNull([tenantId], [otherTenantId]),
  userData: orNull<Readonly<Record<string, string>>>({ plan: 'family' }),
});

const anyRule: fc.Arbitrary<Omit<PolicyRule, 'name'>> = fc.record({
  mode: fc.constantFrom('observe', 'enforce'),
  when: fc.oneof(fc.constant(everybody), anyCondition),
  deviceTypes: orNull(['mobile'], ['DESKTOP']),
  allow: fc.integer({ min: 1, max: 4 }),
  per: fc.constantFrom('user', 'application'),
  overflow: fc.constantFrom('endOldest', 'endLeastRecentlyUsed', 'denyNew'),
  sso: orNull('keepNewest', 'revokeAll', 'keepAll'),
});

const anyExemption: fc.Arbitrary<Exemption> = fc.record({
  applicationId: orNull(shop),
  userIds: fc.constant([]),
  roles: fc.constantFrom([], ['service']),
  groupIds: fc.constantFrom([], [otherGroup]),
  whenMoreThan: orNull(3, 20),
});

const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  version: fc.constant('0123456789ab'),
  mode: fc.constant<'enforce'>('enforce'),
  rules: fc
    .array(anyRule, { minLength: 1, maxLength: 5 })
    .map((rules) => rules.map((rule, index) => ({ ...rule, name: `rule-${index}` }))),
  exempt: fc.array(anyExemption, { maxLength: 2 }),
  maxRevocationsPerMinute: fc.constant(200),
});

const anySubject: fc.Arbitrary<Subject> = fc.record({
  id: fc.constant(userId),
  tenantId: fc.constant(tenantId),
  registrations: fc
    .uniqueArray(fc.constantFrom(shop, console, wiki))
    .chain((applications) =>
      fc.tuple(
        ...applications.map((applicationId) =>
          fc.record({ applicationId: fc.constant(applicationId), roles: fc.subarray(['admin', 'staff', 'service']) }),
        ),
      ),
    ),
  groupIds: fc.subarray([group, otherGroup]),
  data: fc.constantFrom({}, { plan: 'family' }, { plan: ['solo', 'family'] }, { plan: 'solo' }),
});

interface Case {
  readonly policy: Policy;
  readonly subject: Subject;
  readonly sessions: readonly Session[];
}

const anyCase: fc.Arbitrary<Case> = fc.record({ policy: anyPolicy, subject: anySubject, sessions: anySessions() });

function holds(law: (one: Case, selected: readonly SelectedLimit[]) => void): void {
  fc.assert(
    fc.property(anyCase, (one) => law(one, selectLimits(one.policy, { userId, tenantId, subject: one.subject }))),
    { numRuns: 500 },
  );
}

/** The rule whose budget a session is in, restated from the reference of the language. Null for none. */
function ruleOf(one: Session, { policy, subject, sessions }: Case): PolicyRule | null {
  const rolesIn = (id: string) => subject.registrations.find((each) => each.applicationId === id)?.roles ?? [];
  const everyRole = subject.registrations.flatMap(({ roles }) => roles);
  const sessionsIn = (id: string | null) => sessions.filter((each) => id === null || each.applicationId === id).length;
  const isExempt = policy.exempt.some(
    ({ applicationId, roles, groupIds, whenMoreThan }) =>
      (applicationId === null || one.applicationId === applicationId) &&
      (roles.some((role) => everyRole.includes(role)) ||
        groupIds.some((id) => subject.groupIds.includes(id)) ||
        (whenMoreThan !== null && sessionsIn(applicationId) > whenMoreThan)),
  );
  if (isExempt) return null;
  const plans = [subject.data['plan']].flat();
  const isForUser = ({ groupIds, tenantIds, userData }: PolicyCondition) =>
    (groupIds === null || groupIds.some((id) => subject.groupIds.includes(id))) &&
    (tenantIds === null || tenantIds.includes(tenantId)) &&
    (userData === null || plans.includes(userData['plan']));
  const isAbout = ({ when, deviceTypes, sso }: PolicyRule) => {
    if (!isForUser(when)) return false;
    const isIn = (id: string) =>
      (when.applicationIds === null || when.applicationIds.some((each) => each === id)) &&
      (when.roles === null || when.roles.some((role) => rolesIn(id).includes(role)));
    const type = one.device.type?.toUpperCase() ?? null;
    if (one.kind === 'application') {
      const isOnDevice = deviceTypes === null || deviceTypes.some((each) => each.toUpperCase() === type);
      return isIn(one.applicationId) && isOnDevice;
    }
    const isNarrow = when.applicationIds !== null || when.roles !== null;
    return sso !== null && (!isNarrow || subject.registrations.some(({ applicationId }) => isIn(applicationId)));
  };
  return policy.rules.find(isAbout) ?? null;
}

describe('the limits of a policy for a user', () => {
  it('part the sessions: each is in the budget of the first rule that is about it, and in no other', () => {
    holds((one, selected) => {
      for (const rule of one.policy.rules) {
        const { spared } = planEnforcement(
          one.sessions,
          onlyEnding(selected, (each) => each === rule),
        );
        const counted = one.sessions.filter(({ id }) => !ids(spared).includes(id));
        const isMeant = (session: Session) =>
          ruleOf(session, one) === rule && !(session.kind === 'sso' && rule.sso === 'keepAll');
        expect(new Set(ids(counted))).toEqual(new Set(ids(one.sessions.filter(isMeant))));
      }
    });
  });

  it('leave a session that no rule is about, and every one that is exempt', () => {
    holds((one, selected) => {
      const { surplus } = planEnforcement(
        one.sessions,
        onlyEnding(selected, () => true),
      );
      for (const session of surplus) expect(ruleOf(session, one)).not.toBeNull();
    });
  });

  it('are enforced by parts as they are as a whole, when the newest stay', () => {
    holds(({ sessions }, selected) => {
      const whole = planEnforcement(
        sessions,
        onlyEnding(selected, () => true),
      );
      const parts = (['endOldest', 'endLeastRecentlyUsed', 'denyNew'] as const).flatMap(
        (overflow) =>
          planEnforcement(
            sessions,
            onlyEnding(selected, (rule) => rule.overflow === overflow),
          ).surplus,
      );
      expect(new Set(ids(parts))).toEqual(new Set(ids(whole.surplus)));
      expect(parts).toHaveLength(whole.surplus.length);
    });
  });

  it('leave each budget within what it allows, and end nothing of one that is', () => {
    holds((one, selected) => {
      const { kept, surplus } = planEnforcement(
        one.sessions,
        onlyEnding(selected, () => true),
      );
      for (const rule of one.policy.rules) {
        const groupOf = (session: Session) => (rule.per === 'application' ? session.applicationId : 'all');
        const inBudget = (session: Session) => session.kind === 'application' && ruleOf(session, one) === rule;
        for (const key of new Set(one.sessions.filter(inBudget).map(groupOf))) {
          const stay = kept.filter((session) => inBudget(session) && groupOf(session) === key);
          const end = surplus.filter((session) => inBudget(session) && groupOf(session) === key);
          expect(stay.length).toBe(Math.min(rule.allow, stay.length + end.length));
        }
      }
    });
  });

  it('do not depend on the order of what FusionAuth says', () => {
    holds(({ policy, subject, sessions }, selected) => {
      const turned = {
        ...subject,
        registrations: [...subject.registrations].reverse(),
        groupIds: [...subject.groupIds].reverse(),
      };
      const again = selectLimits(policy, { userId, tenantId, subject: turned });
      const plan = (from: readonly SelectedLimit[], list: readonly Session[]) =>
        planEnforcement(
          list,
          onlyEnding(from, () => true),
        );
      expect(plan(again, [...sessions].reverse())).toEqual(plan(selected, sessions));
    });
  });

  it('end nobody who stays among all when some sessions are not seen yet, as long as nobody is exempt by number', () => {
    holds(({ policy, subject, sessions }) => {
      const exempt = policy.exempt.map((one) => ({ ...one, whenMoreThan: null }));
      const selected = selectLimits({ ...policy, exempt }, { userId, tenantId, subject });
      const limit = onlyEnding(selected, () => true);
      const final = new Set(ids(planEnforcement(sessions, limit, newestStay).kept));
      const some = sessions.filter((_, index) => index % 3 !== 0);
      expect(ids(planEnforcement(some, limit, newestStay).surplus).filter((id) => final.has(id))).toEqual([]);
    });
  });

  it('need facts of the user only where they say something else with them', () => {
    holds(({ policy }, selected) => {
      if (needsSubject(policy, { userId, tenantId })) return;
      expect(selectLimits(policy, { userId, tenantId, subject: null })).toEqual(selected);
    });
  });

  it('count a session without a device type among the rest, and end nothing for it alone', () => {
    const rule = { mode: 'enforce', when: everybody, per: 'user', overflow: 'endOldest', sso: null } as const;
    const policy: Policy = {
      version: '0123456789ab',
      mode: 'enforce',
      rules: [
        { ...rule, name: 'phones', deviceTypes: ['MOBILE'], allow: 1 },
        { ...rule, name: 'rest', deviceTypes: null, allow: 2 },
      ],
      exempt: [],
      maxRevocationsPerMinute: 200,
    };
    const limit = onlyEnding(selectLimits(policy, { userId, tenantId: null, subject: null }), () => true);
    const sessions = [
      session({ number: 1, deviceType: 'MOBILE' }),
      session({ number: 2 }),
      session({ number: 3, deviceType: 'UNKNOWN' }),
    ];
    expect(planEnforcement(sessions, limit).surplus).toEqual([]);
    const more = [...sessions, session({ number: 4 })];
    expect(ids(planEnforcement(more, limit).surplus)).toEqual([sessions[1]?.id]);
  });
});
