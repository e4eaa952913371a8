import type { PolicyBacklog, PolicyJobs } from '../domain/ports/policy-jobs.js';
import { type Found, ok, warning } from './found.js';

/** A backlog is ordinary when a policy is switched on; this late, the pace does not suffice, in milliseconds. */
const lateMs = 600_000;

/** How far the service is with the users for whom the session policy has to be enforced. */
export async function policyJobFindings(jobs: Pick<PolicyJobs, 'backlog'>): Promise<readonly Found[]> {
  const backlog = await jobs.backlog();
  return [...waitingFindings(backlog), ...deadFindings(backlog)];
}

function waitingFindings({ waiting: { live, background }, overdueMs }: PolicyBacklog): readonly Found[] {
  if (live + background === 0) return [ok('No user waits for the session policy.')];
  const seconds = Math.ceil(overdueMs / 1_000);
  const oldest = seconds === 0 ? '' : `; the oldest was due ${seconds} s ago`;
  const message = `${live} users who have just signed in wait for the session policy, and ${background} who may have been missed${oldest}.`;
  return [
    overdueMs <= lateMs
      ? ok(message)
      : warning(`${message} Raise POLICY_RUNS_PER_SECOND, or wait: maxRevocationsPerMinute may hold them back.`),
  ];
}

function deadFindings({ dead }: PolicyBacklog): readonly Found[] {
  if (dead === 0) return [];
  const message = `The session policy could not be enforced for ${dead} users, who were given up until they sign in again or the next sweep. The log says why.`;
  return [warning(message)];
}
