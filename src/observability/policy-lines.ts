import type { PolicyReport } from '../application/policy/policy-report.js';
import type { Policy } from '../domain/policy/policy.js';
import { type PolicyProblem, problemText } from '../policy/problem.js';

/** The line about which policy is in force, and its message. */
export function policyInForceLine(policy: Policy | null, source: string): readonly [object, string] {
  if (policy === null) return [{ source }, 'no session policy is in force'];
  const { version, mode, rules, maxRevocationsPerMinute } = policy;
  const facts = { source, version, mode, rules: rules.map(({ name }) => name), maxRevocationsPerMinute };
  return [facts, 'session policy in force'];
}

/** The effects of a policy on a user, by the rules that had something to do. */
export function policyEnforcedFacts({ policy, done, rules }: PolicyReport, trigger: string): object {
  const active = rules.filter(({ endedCount, wouldEnd }) => endedCount + wouldEnd.length > 0);
  const byRule = active.map(({ rule, endedCount, wouldEnd }) => [
    rule.name,
    { ended: endedCount, wouldEnd: wouldEnd.length },
  ]);
  return { trigger, version: policy?.version, done, rules: Object.fromEntries(byRule) };
}

export function policyProblemFacts(problems: readonly PolicyProblem[], source: string): object {
  return { source, problems: problems.map((problem) => problemText(problem, source)) };
}
