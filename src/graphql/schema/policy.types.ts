import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { PolicyReport } from '../../application/policy/policy-report.js';
import type { SessionLimit } from '../../domain/enforcement-plan.js';
import type { ApplicationId, SessionId } from '../../domain/ids.js';
import type { OverflowBehavior as OverflowValue } from '../../domain/overflow.js';
import type { ExplainedRule } from '../../domain/policy/explanation.js';
import type { PolicyMode as PolicyModeValue, PolicyRuleReference } from '../../domain/policy/policy.js';
import { EndedSessionType, type ShownCause, toEndedSessionType } from './ended-session.type.js';
import { LimitScope, OverflowBehavior } from './enforcement.enums.js';
import { PolicyMode, PolicyOutcome } from './policy.enums.js';
import { PolicyRuleType } from './policy-rule.type.js';
import { SessionRevocationFailureType, SessionWarningType, UserErrorType } from './problem.types.js';

@ObjectType('PolicyLimit', {
  simpleResolvers: true,
  description: 'A budget of sessions that a rule of the session policy sets for a user.',
})
export class PolicyLimitType {
  @Field(() => String, { description: 'The name of the rule.' })
  rule!: string;

  @Field(() => PolicyMode, { description: 'Whether the rule ends sessions.' })
  mode!: PolicyModeValue;

  @Field(() => Int, { description: 'How many sessions may live, 1 to 999.' })
  maxSessions!: number;

  @Field(() => LimitScope, { description: 'Whether that is one budget or one for each application.' })
  scope!: SessionLimit['scope'];

  @Field(() => OverflowBehavior, { description: 'The rule for sessions above the budget.' })
  overflow!: OverflowValue;

  @Field(() => [String], { nullable: true, description: 'Only sessions on devices of these types count. Null: any.' })
  deviceTypes!: readonly string[] | null;

  @Field(() => [ID], {
    description:
      'The live sessions of the user that count, newest first, including SSO sessions that the rule is about.',
  })
  sessionIds!: readonly SessionId[];

  @Field(() => [ID], {
    description:
      'The sessions above the budget, oldest first: they end where the rule enforces, and stay where it only observes or denies new sessions.',
  })
  surplusSessionIds!: readonly SessionId[];
}

@ObjectType('PolicyObservation', {
  simpleResolvers: true,
  description: 'The sessions above the budget of a rule that only observes, or that denies new sessions.',
})
class PolicyObservationType {
  @Field(() => PolicyRuleType, { description: 'The rule.' })
  rule!: PolicyRuleReference;

  @Field(() => [ID], { description: 'The sessions, oldest first.' })
  sessionIds!: readonly SessionId[];
}

@ObjectType('EnforcePolicyPayload', {
  simpleResolvers: true,
  description: 'What the session policy did for a user.',
})
export class EnforcePolicyPayload {
  @Field(() => PolicyOutcome, { description: 'The result.' })
  outcome!: PolicyReport['done'];

  @Field(() => String, { nullable: true, description: 'The version of the policy in force. Null when none is.' })
  version!: string | null;

  @Field(() => [String], { description: 'The names of the rules that match the user, in order.' })
  rules!: readonly string[];

  @Field(() => [EndedSessionType], { description: 'Sessions ended by this call; each names its rule.' })
  revokedSessions!: readonly EndedSessionType[];

  @Field(() => [ID], { description: 'Sessions that this call was to end and that another call had ended.' })
  alreadyEndedIds!: readonly string[];

  @Field(() => [PolicyObservationType], {
    description:
      'The sessions that are above the budgets of rules that only observe or deny new sessions, by rule. Empty when there are none.',
  })
  wouldEnd!: readonly PolicyObservationType[];

  @Field(() => [SessionRevocationFailureType], {
    description: 'Sessions that should have ended and may still be live.',
  })
  failures!: readonly SessionRevocationFailureType[];

  @Field(() => [UserErrorType], { description: 'Why nothing was attempted. Empty otherwise.' })
  userErrors!: readonly UserErrorType[];

  @Field(() => [SessionWarningType], { description: 'Warnings about a call that succeeded.' })
  warnings!: readonly SessionWarningType[];
}

export function toEnforcePolicyPayload(report: PolicyReport, cause: ShownCause): EnforcePolicyPayload {
  const version = report.policy?.version ?? null;
  return {
    outcome: report.done,
    version,
    rules: report.rules.map(({ rule }) => rule.name),
    revokedSessions: report.ended.map((ended) => toEndedSessionType(ended, cause)),
    alreadyEndedIds: report.alreadyEndedIds,
    wouldEnd: report.rules
      .filter(({ wouldEnd }) => wouldEnd.length > 0)
      .map(({ rule, wouldEnd }) => ({
        rule: { name: rule.name, version: version ?? '' },
        sessionIds: wouldEnd.map(({ id }) => id),
      })),
    failures: report.failures,
    userErrors: report.userErrors,
    warnings: report.warnings,
  };
}

/** @param applicationId Only sessions of this application; null for all. */
export function toPolicyLimitType(
  { rule, counted, surplus }: ExplainedRule,
  applicationId: ApplicationId | null,
): PolicyLimitType {
  const shown = (sessions: ExplainedRule['counted']) =>
    sessions.filter((one) => applicationId === null || one.applicationId === applicationId).map(({ id }) => id);
  return {
    rule: rule.name,
    mode: rule.mode,
    maxSessions: rule.allow,
    scope: rule.per === 'application' ? 'perApplication' : 'user',
    overflow: rule.overflow,
    deviceTypes: rule.deviceTypes,
    sessionIds: shown(counted),
    surplusSessionIds: shown(surplus),
  };
}
