import type { SessionId } from '../../domain/ids.js';
import type { SessionView } from '../../domain/ports/session-claims.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { EndingScope } from '../operation/operation-scope.js';
import { isOver } from '../operation/operation-time.js';
import { tooLate } from '../operation/results.js';
import type { CallsOfRun } from '../operation/shared-runs.js';
import type { LiveSessions } from '../revocation/live-sessions.js';
import { type EnforcementCall, type EnforceSessionLimitResult, staysByChoice } from './enforcement.js';
import { type KeepPorts, refusalOf } from './enforcement-keeps.js';
import { refused } from './enforcement-report.js';

/**
 * A key that is equal for calls that can share a run: the user, the rule, the cause on record, and everything that
 * decides which sessions a caller may see and end. Under the rule by which the newest stay, calls that name different
 * sessions to keep still share a run, because these decide the answers and not the endings.
 */
export function kindOf({ scope: { tenantId, caller }, command }: EnforcementCall): string {
  const { userId, limit, overflow, onNewerSession, reason, comment } = command;
  const rule = [userId, limit, overflow, onNewerSession, reason, comment];
  const keeps = staysByChoice(command) ? [command.keepSessionIds, command.keepArgument] : [];
  const { kind, permissions, tenantIds, applicationIds } = caller;
  const rights = [tenantId, kind, ...[permissions, tenantIds, applicationIds].map((ids) => ids && [...ids].sort())];
  return JSON.stringify([rule, keeps, rights]);
}

/**
 * The calls of one run, all of one kind. Calls whose sessions to keep are not live are refused, and the run goes on for
 * the others. The first of these is on record as the one that ended the sessions of the run.
 */
export class EnforcementCalls {
  readonly #refused = new Map<EnforcementCall, EnforceSessionLimitResult>();
  #goingOn: readonly EnforcementCall[];

  constructor(private readonly calls: CallsOfRun<EnforcementCall>) {
    this.#goingOn = calls.filter((call) => this.#isInTime(call));
  }

  /** The calls that have not been refused, in the order they came. */
  get goingOn(): readonly EnforcementCall[] {
    return this.#goingOn;
  }

  get refused(): ReadonlyMap<EnforcementCall, EnforceSessionLimitResult> {
    return this.#refused;
  }

  /** The scope in which the run asks FusionAuth: that of the first call, with the latest deadline of all. */
  get scope(): EndingScope {
    const { scope } = this.#goingOn[0] ?? this.calls[0];
    const deadline = Math.max(scope.time.deadline, ...this.#goingOn.map((call) => call.scope.time.deadline));
    return { ...scope, time: { ...scope.time, deadline } };
  }

  get gateway(): SessionGateway {
    return this.scope.access.sessions('session:enforce');
  }

  /** The sessions that any call names to keep, each once. */
  get keepSessionIds(): readonly SessionId[] {
    return [...new Set(this.#goingOn.flatMap(({ command }) => command.keepSessionIds))];
  }

  /** Refuses the calls whose sessions to keep this view contradicts. */
  async judge(ports: KeepPorts, view: LiveSessions, claims: SessionView): Promise<void> {
    const goingOn: EnforcementCall[] = [];
    for (const call of this.#goingOn) {
      const { keepSessionIds } = call.command;
      const notLive = view.notLive.filter((id) => keepSessionIds.includes(id));
      const refusal = await refusalOf(ports, call, { ...view, notLive }, claims);
      if (refusal === null) goingOn.push(call);
      else this.#refused.set(call, refusal);
    }
    this.#goingOn = goingOn;
  }

  /** Makes later reads of each operation see that these sessions have ended. */
  forgetSessions(ids: readonly SessionId[]): void {
    for (const { scope, command } of this.#goingOn) scope.reads.forgetSessions(command.userId, ids);
  }

  #isInTime(call: EnforcementCall): boolean {
    if (!isOver(call.scope.time)) return true;
    this.#refused.set(call, refused(call.command.userId, tooLate));
    return false;
  }
}
