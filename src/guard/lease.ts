import type { TokenIdentity } from '../domain/revocation.js';
import { fractionOf } from '../domain/session-confirmation.js';
import type { DayTime } from './awake-clock.js';
import type { AcceptedToken } from './decision.js';
import type { KnownRevocations } from './known-revocations.js';
import type { AskedSession, SessionConfirmer } from './session-confirmer.js';

interface LeaseOptions {
  /** How long a session is accepted after it was last known to live, in milliseconds. */
  readonly leaseMs: number;
  /** How far clocks may be apart, in milliseconds. */
  readonly clockSlackMs: number;
  /** Whether a session is accepted that could not be confirmed. */
  readonly acceptUnconfirmed: boolean;
  readonly confirmer: Pick<SessionConfirmer, 'ageOf' | 'endedAgo' | 'refresh' | 'confirm'>;
  readonly known: Pick<KnownRevocations, 'covers'>;
  readonly dayTime: DayTime;
}

type LeaseJudgement =
  | {
      readonly ok: true;
      readonly doubt: AcceptedToken['doubt'];
      /** How long ago the session was last known to live, in milliseconds; Infinity when that is not known. */
      readonly lagMs: number;
    }
  | { readonly ok: false; readonly reason: 'revoked' | 'ended' | 'unconfirmed' };

/** The parts of the lease between which sessions are asked about again, each at a moment of its own. */
const refreshFrom = 0.5;
const refreshUntil = 0.65;
/** The resolution of `iat`. */
const secondMs = 1_000;

/** Accepts sessions that were known to live within the lease, and asks about the others. */
export class Lease {
  constructor(private readonly options: LeaseOptions) {}

  /**
   * How long ago the session was known to live, in milliseconds, if that is within the lease; null when the service has
   * to be asked first.
   * @param isUncertain Whether a revocation of the token may have been missed.
   */
  lagOf(session: AskedSession, token: TokenIdentity, isUncertain: boolean): number | null {
    const { leaseMs, confirmer } = this.options;
    const { sessionId } = session;
    const confirmedAgoMs = confirmer.ageOf(sessionId) ?? Number.POSITIVE_INFINITY;
    const ageMs = isUncertain ? confirmedAgoMs : Math.min(confirmedAgoMs, this.#issuedAgo(session, token));
    if (ageMs > leaseMs || !Number.isFinite(ageMs)) return null;
    if (ageMs > leaseMs * refreshFrom) {
      const dueMs = leaseMs * (refreshFrom + (refreshUntil - refreshFrom) * fractionOf(sessionId));
      if (ageMs > dueMs) confirmer.refresh(session);
    }
    return ageMs;
  }

  /** Asks about a session for which `lagOf` returns null. @param isUncertain As for `lagOf`. */
  async renew(session: AskedSession, token: TokenIdentity, isUncertain: boolean): Promise<LeaseJudgement> {
    const { leaseMs, confirmer, known, acceptUnconfirmed } = this.options;
    const issuedAgoMs = this.#issuedAgo(session, token);
    const confirmation = await confirmer.confirm(session);
    // The session may have been revoked while the service was asked.
    if (known.covers(token)) return { ok: false, reason: 'revoked' };
    if (confirmation.status === 'ENDED') return { ok: false, reason: 'ended' };
    const lagMs = Math.min(issuedAgoMs, confirmer.ageOf(session.sessionId) ?? Number.POSITIVE_INFINITY);
    if (confirmation.status === 'LIVES') return { ok: true, doubt: null, lagMs: confirmation.ageMs ?? lagMs };
    // The service will ask later. A session within its lease is accepted meanwhile. One beyond it is accepted, with its
    // lag reported, if no revocation is known to be missing.
    if (confirmation.status === 'PENDING' && Number.isFinite(lagMs)) {
      if (lagMs <= leaseMs) return { ok: true, doubt: 'unconfirmed', lagMs };
      if (!isUncertain) return { ok: true, doubt: 'lag', lagMs };
    }
    // The same holds when more sessions are in use than can be asked about, as right after a start.
    if (confirmation.status === 'CROWDED' && Number.isFinite(lagMs) && !isUncertain) {
      return { ok: true, doubt: 'lag', lagMs };
    }
    return acceptUnconfirmed ? { ok: true, doubt: 'unconfirmed', lagMs } : { ok: false, reason: 'unconfirmed' };
  }

  /**
   * How long ago the token was issued, in milliseconds, when its session lived. Infinite when that proves nothing:
   * `iat` is in the future, so the clocks are too far apart, or the session was found to have ended after it.
   */
  #issuedAgo({ sessionId }: AskedSession, { issuedAtSeconds }: TokenIdentity): number {
    const { dayTime, clockSlackMs, leaseMs, confirmer } = this.options;
    const agoMs = dayTime.latest() - issuedAtSeconds * secondMs;
    const endedAgoMs = confirmer.endedAgo(sessionId) ?? Number.POSITIVE_INFINITY;
    const isToCome = agoMs < -clockSlackMs && Number.isFinite(leaseMs);
    if (isToCome || endedAgoMs < agoMs - secondMs) return Number.POSITIVE_INFINITY;
    return Math.max(0, agoMs);
  }
}
