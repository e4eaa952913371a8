import pLimit from 'p-limit';
import type { TenantId, UserId } from '../../domain/ids.js';
import { explainPolicy } from '../../domain/policy/explanation.js';
import type { Policy } from '../../domain/policy/policy.js';
import { needsSubject } from '../../domain/policy/selection.js';
import type { Directory } from '../../domain/ports/directory.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';

export interface SimulationPorts {
  readonly sessions: Pick<SessionGateway, 'listSessions'>;
  readonly directory: Pick<Directory, 'findSubject'>;
}

/** What a policy would do at this moment to the users that were looked at. */
export interface Simulation {
  readonly users: number;
  readonly usersWithSessions: number;
  /** Users of whom a session would end. */
  readonly usersOver: number;
  readonly exemptUsers: number;
  readonly sessions: number;
  readonly wouldEnd: number;
  readonly rules: readonly { readonly rule: string; readonly matches: number; readonly wouldEnd: number }[];
  /** Users whose sessions or facts could not be read. */
  readonly unread: number;
}

/** Users looked at side by side: a simulation must not slow logins down. */
const maxConcurrentUsers = 4;

/** Looks what a policy would end, and ends nothing: a list for each user, and a call for its facts where rules ask. */
export async function simulatePolicy(
  policy: Policy,
  tenantId: TenantId | null,
  userIds: readonly UserId[],
  { sessions, directory }: SimulationPorts,
): Promise<Simulation> {
  const inTurn = pLimit(maxConcurrentUsers);
  const looks = await Promise.all(
    userIds.map((userId) =>
      inTurn(async () => {
        try {
          const needed = needsSubject(policy, { userId, tenantId });
          const listing = await sessions.listSessions(userId);
          const subject = needed && listing.sessions.length > 0 ? await directory.findSubject(userId) : null;
          return {
            count: listing.sessions.length,
            ...explainPolicy(policy, { userId, tenantId, subject }, listing.sessions),
          };
        } catch {
          return null;
        }
      }),
    ),
  );
  const read = looks.filter((look) => look !== null);
  const surplusOf = (look: (typeof read)[number]) => look.rules.reduce((sum, { surplus }) => sum + surplus.length, 0);
  return {
    users: userIds.length,
    usersWithSessions: read.filter(({ count }) => count > 0).length,
    usersOver: read.filter((look) => surplusOf(look) > 0).length,
    exemptUsers: read.filter(({ isExempt }) => isExempt).length,
    sessions: read.reduce((sum, { count }) => sum + count, 0),
    wouldEnd: read.reduce((sum, look) => sum + surplusOf(look), 0),
    rules: policy.rules.map(({ name }, index) => ({
      rule: name,
      matches: read.filter((look) => look.rules[index]?.matches === true).length,
      wouldEnd: read.reduce((sum, look) => sum + (look.rules[index]?.surplus.length ?? 0), 0),
    })),
    unread: looks.length - read.length,
  };
}
