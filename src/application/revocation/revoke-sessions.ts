import { requireDetails } from '../authorization/session-details.js';
import type { EndingScope } from '../operation/operation-scope.js';
import { answerTo } from '../operation/shared-runs.js';
import { kindOf, type RevocationRuns, type RevokeSessionsCommand, type UserTarget } from './revocation-calls.js';
import type { RevokeSessionsResult } from './revocation-report.js';
import { RevocationRun, type RevocationRunPorts, tooLateToRevoke } from './revocation-run.js';

interface RevokeSessionsPorts extends RevocationRunPorts {
  readonly runs: RevocationRuns;
}

/**
 * Ends a set of sessions, oldest first.
 *
 * A call that names sessions to spare takes turns with other calls that choose which sessions stay, and holds its
 * sessions while it ends the rest: it judges them within its turn, and no other call ends them before it is done.
 *
 * Simultaneous calls of one caller that ask for the same thing share a run, in one process.
 */
export class RevokeSessions {
  readonly #run: RevocationRun;

  constructor(private readonly ports: RevokeSessionsPorts) {
    this.#run = new RevocationRun(ports);
  }

  async execute(scope: EndingScope, command: RevokeSessionsCommand): Promise<RevokeSessionsResult> {
    // Throws for callers without the permission.
    scope.access.sessions('session:bulk');
    const { target, dryRun } = command;
    if (dryRun && target.kind === 'user') requireDetailsFor(target, scope);
    const call = { scope, command };
    if (dryRun) return answerTo(call, await this.#run.execute([call]));
    const late = () => tooLateToRevoke;
    const { deadline } = scope.time;
    return this.ports.runs.run(kindOf(call), call, { deadline, late }, (calls) => this.#run.execute(calls));
  }
}

function requireDetailsFor({ userId, filter }: UserTarget, { caller }: Pick<EndingScope, 'caller'>): void {
  for (const detail of ['deviceTypes', 'ipAddress', 'text', 'lastAccessedAt'] as const) {
    if (filter[detail] !== null) requireDetails(caller, userId, `input.filter.${detail}`);
  }
}
