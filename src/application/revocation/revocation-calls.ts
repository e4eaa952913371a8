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
 * What calls that can share a run have in common: all that is asked for, and who asks. Another caller is another actor
 * on record, and an access token of the same user another sign-in.
 */
export function kindOf({ scope: { tenantId, caller }, command }: RevocationCall): string {
  const { kind, name, permissions, tenantIds, applicationIds } = caller;
  const rights = [permissions, tenantIds, applicationIds].map((ids) => ids && [...ids].sort());
  const signIn = kind === 'user' ? [caller.userId, caller.sessionId, caller.authenticatedAt] : [];
  return JSON.stringify([command, tenantId, kind, name, rights, signIn]);
}

/** The operation on whose behalf FusionAuth is asked: that of the first call. The run has the time of the last one. */
export function scopeOf(calls: CallsOfRun<RevocationCall>): EndingScope {
  const [{ scope }] = calls;
  return { ...scope, time: { ...scope.time, deadline: Math.max(...calls.map((call) => call.scope.time.deadline)) } };
}

/** The first call has ended what its run has ended, so that each session is ended by one; for the others it was gone. */
export function answersFrom(
  [first, ...others]: CallsOfRun<RevocationCall>,
  result: RevokeSessionsResult,
): ReadonlyMap<RevocationCall, RevokeSessionsResult> {
  const { ended, alreadyEndedIds } = result;
  const answer = { ...result, ended: [], alreadyEndedIds: [...alreadyEndedIds, ...ended.map(({ id }) => id)] };
  return new Map([[first, result], ...others.map((call) => [call, answer] as const)]);
}
