import pLimit from 'p-limit';
import type { TenantId, UserId } from '../../domain/ids.js';
import {
  type ExplainedRule,
  endingUnder,
  explainPolicy,
  type PolicyExplanation,
} from '../../domain/policy/explanation.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { PolicyInForce } from '../../domain/ports/policy-in-force.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import { policyForUser } from './policy-for-user.js';

interface SimulationPorts {
  readonly sessions: Pick<SessionGateway, 'listSessions'>;
  readonly directory: Pick<Directory, 'findSubject'>;
}

/** The effect that the policies in force would have at this moment on the given users. */
interface Simulation {
  /** The policies of the given users; several where tenants have policies of their own. */
  readonly policies: readonly Pick<Policy, 'version' | 'mode'>[];
  readonly users: number;
  readonly usersWithSessions: number;
  /** Users who would lose a session. */
  readonly usersOver: number;
  readonly exemptUsers: number;
  readonly sessions: number;
  readonly wouldEnd: number;
  /** The rules of these policies. Policies may share a name. */
  readonly rules: readonly {
    readonly rule: string;
    readonly version: string;
    /** How many users with sessions it matches. */
    readonly matches: number;
    readonly wouldEnd: number;
  }[];
  /** Users whose sessions or facts could not be read. */
  readonly unread: number;
  /** Why the first of them could not be read; null when all could. */
  readonly failure: { readonly error: unknown } | null;
}

/** Users looked at side by side: a simulation must not slow logins down. */
const maxConcurrentUsers = 4;

/** After so many failures in a row no more users are looked at: a FusionAuth that is away takes seconds for each. */
const maxFailuresInRow = 12;

/**
 * Finds which sessions the policies in force would end, and ends nothing. It costs a list for each user, and a call for
 * the facts of a user where rules, or policies of several tenants, ask for them.
 * @param tenantId The tenant of the users; null when it is not known, or there is only one.
 * @returns null when no policy is in force for any of the users.
 */
export async function simulatePolicy(
  policies: PolicyInForce,
  tenantId: TenantId | null,
  userIds: readonly UserId[],
  { sessions, directory }: SimulationPorts,
): Promise<Simulation | null> {
  const inTurn = pLimit(maxConcurrentUsers);
  let failure: Simulation['failure'] = null;
  let failuresInRow = 0;
  const looks = await Promise.all(
    userIds.map((userId) =>
      inTurn(async (): Promise<Look | null> => {
        if (failuresInRow >= maxFailuresInRow) return null;
        try {
          const listing = await sessions.listSessions(userId);
          const count = listing.sessions.length;
          const found = count === 0 ? null : await policyForUser(policies, { userId, tenantId }, directory);
          failuresInRow = 0;
          if (found === null) return { count, policy: null, explanation: null };
          const user = { userId, tenantId: found.tenantId, subject: found.subject ?? null };
          return { count, policy: found.policy, explanation: explainPolicy(found.policy, user, listing.sessions) };
        } catch (error) {
          failure ??= { error };
          failuresInRow++;
          return null;
        }
      }),
    ),
  );
  const read = looks.filter((look) => look !== null);
  const ofUsers = read.map(({ policy }) => policy);
  // Where tenants have policies of their own, the policy without a tenant is at most a part of one of them.
  const inForce = new Map(
    (ofUsers.some((policy) => policy !== null) ? ofUsers : [await policies.current(tenantId)])
      .filter((policy) => policy !== null)
      .map((policy) => [policy.version, policy]),
  );
  if (inForce.size === 0) return null;
  return {
    policies: [...inForce.values()].map(({ version, mode }) => ({ version, mode })),
    users: userIds.length,
    usersWithSessions: read.filter(({ count }) => count > 0).length,
    usersOver: read.filter((look) => surplusOf(look) > 0).length,
    exemptUsers: read.filter(({ explanation }) => explanation?.isExempt === true).length,
    sessions: read.reduce((sum, { count }) => sum + count, 0),
    wouldEnd: read.reduce((sum, look) => sum + surplusOf(look), 0),
    rules: [...inForce.values()].flatMap(({ version, rules }) => {
      const under = read.filter(({ policy }) => policy?.version === version);
      return rules.map(({ name }, index) => ({
        rule: name,
        version,
        matches: under.filter(({ explanation }) => explanation?.rules[index]?.matches === true).length,
        wouldEnd: under.reduce((sum, { explanation }) => sum + endingCount(explanation?.rules[index]), 0),
      }));
    }),
    unread: looks.length - read.length,
    failure,
  };
}

interface Look {
  readonly count: number;
  /** Null for a user without sessions, and where none is in force. */
  readonly policy: Policy | null;
  readonly explanation: PolicyExplanation | null;
}

function surplusOf({ explanation }: Look): number {
  return explanation?.rules.reduce((sum, rule) => sum + endingCount(rule), 0) ?? 0;
}

function endingCount(rule: ExplainedRule | undefined): number {
  return rule === undefined ? 0 : endingUnder(rule).length;
}
