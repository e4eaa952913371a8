import { limitsOf } from '../../domain/enforcement-plan.js';
import { type CommentPorts, requireComment } from '../authorization/required-comment.js';
import { requireDetails } from '../authorization/session-details.js';
import type { EndingScope } from '../operation/operation-scope.js';
import { tooLate } from '../operation/results.js';
import { answerTo, type SharedRuns } from '../operation/shared-runs.js';
import type { UseCaseTelemetry } from '../operation/telemetry.js';
import {
  type EnforcementCall,
  type EnforceSessionLimitCommand,
  type EnforceSessionLimitResult,
  revokesSomething,
} from './enforcement.js';
import { kindOf } from './enforcement-calls.js';
import { refused } from './enforcement-report.js';
import { EnforcementRun, type EnforcementRunPorts } from './enforcement-run.js';

export interface EnforceSessionLimitPorts extends EnforcementRunPorts, CommentPorts {
  readonly runs: EnforcementRuns;
  readonly telemetry: EnforcementRunPorts['telemetry'] & Pick<UseCaseTelemetry, 'enforced'>;
}

/** The runs of this process that simultaneous calls share. */
export type EnforcementRuns = Pick<SharedRuns<EnforcementCall, EnforceSessionLimitResult>, 'run'>;

/**
 * Leaves a user with at most `maxSessions` live sessions in each group: lists, plans, and revokes by id.
 *
 * Where the newest stay, any number of enforcements may run at once, in any interleaving and in any number of
 * processes: a session among the final newest is never revoked, and once the last enforcement has listed after the last
 * login, exactly the newest remain. The other preferences can change between two looks, so calls that use them take
 * turns with each other, and hold the sessions that they keep while they end the rest. Calls of the default rule take
 * no turns: one that finds a surplus session held waits a little, and looks again.
 *
 * Simultaneous calls of one process that ask for the same thing for the same user share a run.
 */
export class EnforceSessionLimit {
  readonly #run: EnforcementRun;

  constructor(private readonly ports: EnforceSessionLimitPorts) {
    this.#run = new EnforcementRun(ports);
  }

  async execute(scope: EndingScope, command: EnforceSessionLimitCommand): Promise<EnforceSessionLimitResult> {
    const { overflow, dryRun } = command;
    let outcome = 'FAILED';
    try {
      const result = await this.#answer(scope, command);
      outcome = result.outcome ?? 'REFUSED';
      return result;
    } finally {
      this.ports.telemetry.enforced({ outcome, overflow, dryRun });
    }
  }

  async #answer(scope: EndingScope, command: EnforceSessionLimitCommand): Promise<EnforceSessionLimitResult> {
    // Throws for callers without the permission.
    scope.access.sessions('session:enforce');
    const { dryRun, limit, userId } = command;
    if (dryRun && limitsOf(limit).some(({ deviceTypes }) => deviceTypes !== null))
      requireDetails(scope.caller, userId, 'input.deviceTypes');
    // A policy gives its own reason for ending sessions.
    if (!dryRun && command.keepArgument !== null) {
      const argument = [...command.keepArgument.slice(0, -1), 'comment'];
      requireComment(this.ports, scope.caller, command.comment, [userId], argument);
    }
    const call = { scope, command };
    if (!revokesSomething(command)) return answerTo(call, await this.#run.execute([call]));
    const late = () => refused(userId, tooLate);
    const { deadline } = scope.time;
    return this.ports.runs.run(kindOf(call), call, { deadline, late }, (calls) => this.#run.execute(calls));
  }
}
