import type { EndedSession } from '../../domain/ended-session.js';
import type { SessionId } from '../../domain/ids.js';
import type { Session } from '../../domain/session.js';
import { keepSessionNotLive, type SessionWarning, type UserError, warnings } from '../operation/results.js';
import type { EndingOutcome } from './ending.js';
import type { SessionRevocationFailure } from './revocation-failure.js';

export interface RevokeSessionsResult {
  readonly ended: readonly EndedSession[];
  readonly alreadyEndedIds: readonly SessionId[];
  readonly failures: readonly SessionRevocationFailure[];
  /** True when more sessions match than one call ends, or than FusionAuth lists. */
  readonly more: boolean;
  readonly userErrors: readonly UserError[];
  readonly warnings: readonly SessionWarning[];
}

/** The sessions that a call has selected. */
export interface Selection {
  /** To be ended, oldest first. */
  readonly sessions: readonly Session[];
  readonly endedIds: readonly SessionId[];
  readonly failures: readonly SessionRevocationFailure[];
  readonly truncated: boolean;
  /** SSO sessions of the same users, as far as they have been listed. */
  readonly sso: readonly Session[];
}

export const emptySelection: Selection = { sessions: [], endedIds: [], failures: [], truncated: false, sso: [] };

/** Makes the answer of a call that revoked a set of sessions. @param chosen The sessions that it planned to end. */
export function reportRevocations(
  selection: Selection,
  chosen: readonly Session[],
  outcome: EndingOutcome,
): RevokeSessionsResult {
  const { truncated } = selection;
  const gone = [...outcome.revoked.map(({ session }) => session), ...outcome.alreadyEnded];
  const goneIds = new Set(gone.map(({ id }) => id));
  const signedOut = new Set(gone.filter(({ kind }) => kind === 'application').map(({ userId }) => userId));
  const remain = selection.sso.some(({ id, userId }) => signedOut.has(userId) && !goneIds.has(id));
  const tokensLiveOn = outcome.revoked.some(({ session }) => session.kind === 'application');
  return {
    ended: outcome.revoked.map((revoked) => revoked.ended),
    alreadyEndedIds: [...selection.endedIds, ...outcome.alreadyEnded.map(({ id }) => id)],
    failures: [...selection.failures, ...outcome.failures],
    more: selection.sessions.length > chosen.length || truncated,
    userErrors: [],
    warnings: [
      ...(tokensLiveOn ? [warnings.accessTokensStillValid] : []),
      ...(remain ? [warnings.ssoSessionsRemain] : []),
      ...(truncated ? [warnings.listingTruncated] : []),
      ...outcome.unfinished,
    ],
  };
}

export const nothing: RevokeSessionsResult = {
  ended: [],
  alreadyEndedIds: [],
  failures: [],
  more: false,
  userErrors: [],
  warnings: [],
};

/** The answer when a session to spare is not live. */
export const notLive: RevokeSessionsResult = {
  ...nothing,
  userErrors: [keepSessionNotLive(['input', 'exceptSessionIds'])],
};
