import type { SessionId, UserId } from '../../domain/ids.js';
import type { SessionFilter } from '../../domain/session-query.js';
import type { EndingScope } from '../operation/operation-scope.js';
import type { CallsOfRun, SharedRuns } from '../operation/shared-runs.js';
import type { EndingCause } from './ending.js';
import type { RevokeSessionsResult } from './revocation-report.js';

export interface RevokeSessionsCommand extends EndingCause {
  readonly target: RevocationTarget;
  /** The most sessions that one call ends. */
  readonly maxRevocations: number;
  /** Whether the SSO sessions of the same users end, too, whatever the filter says. */
  readonly includeSsoSessions: boolean;
  readonly dryRun: boolean;
}

export type RevocationTarget =
  /** These sessions, of whichever users. */
  | { readonly kind: 'sessions'; readonly ids: readonly SessionId[] }
  /** The sessions of one user that match, but for the exceptions. */
  | UserTarget;

export interface UserTarget {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly filter: SessionFilter;
  readonly exceptIds: readonly SessionId[];
}

export interface RevocationCall {
  readonly scope: EndingScope;
  readonly command: RevokeSessionsCommand;
}

/** The runs of this process that simultaneous calls share. */
export type RevocationRuns = Pick<SharedRuns<RevocationCall, RevokeSessionsResult>, 'run'>;

/**
 * A key that is equal for calls that can share a run: the whole request and its caller. Another caller is another actor
 * on record, and another access token of the same user may stand for another sign-in.
 */
export function kindOf({ scope: { tenantId, caller }, command }: RevocationCall): string {
  const { kind, name, permissions, tenantIds, applicationIds } = caller;
  const rights = [permissions, tenantIds, applicationIds].map((ids) => ids && [...ids].sort());
  const signIn = kind === 'user' ? [caller.userId, caller.sessionId, caller.authenticatedAt] : [];
  return JSON.stringify([command, tenantId, kind, name, rights, signIn]);
}

/** The scope in which the run asks FusionAuth: that of the first call, with the latest deadline of all. */
export function scopeOf(calls: CallsOfRun<RevocationCall>): EndingScope {
  const [{ scope }] = calls;
  return { ...scope, time: { ...scope.time, deadline: Math.max(...calls.map((call) => call.scope.time.deadline)) } };
}

/**
 * The first call reports the endings of the run as its own, and the others report sessions that were gone, so that each
 * ending belongs to one call.
 */
export function answersFrom(
  [first, ...others]: CallsOfRun<RevocationCall>,
  result: RevokeSessionsResult,
): ReadonlyMap<RevocationCall, RevokeSessionsResult> {
  const { ended, alreadyEndedIds } = result;
  const answer = { ...result, ended: [], alreadyEndedIds: [...alreadyEndedIds, ...ended.map(({ id }) => id)] };
  return new Map([[first, result], ...others.map((call) => [call, answer] as const)]);
}
