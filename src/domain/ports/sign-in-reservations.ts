import type { SessionId, UserId } from '../ids.js';
import type { Instant } from '../session.js';

/**
 * Places that are kept for sign-ins whose session does not exist yet, so that two simultaneous sign-ins do not both
 * take the last place. Atomic over all replicas: changes of one user come one after the other.
 */
export interface SignInReservations {
  /**
   * Shows `decide` the reservations of a user, and stores those that it returns.
   * @param decide Called again when another replica was faster; its last answer counts.
   * @throws StoreUnavailableError; TooManyRequestsError when others are faster again and again.
   */
  change<T>(userId: UserId, decide: (held: readonly SignInReservation[]) => ReservationChange<T>): Promise<T>;
}

export interface ReservationChange<T> {
  readonly answer: T;
  /** What is reserved from now on, at most {@link maxReservations}. */
  readonly held: readonly SignInReservation[];
}

/** One sign-in that was let in. */
export interface SignInReservation {
  /** Of the event that FusionAuth asked with: the same for each delivery. */
  readonly id: string;
  /** The budget of the policy in which it takes a place. */
  readonly budget: string;
  /** By the clock of FusionAuth: its session is created at this instant or later. */
  readonly at: Instant;
  /** It lapses then, by the same clock. */
  readonly expiresAt: Instant;
  /** The session that took the place; null until it appears. */
  readonly sessionId: SessionId | null;
}

/** How many reservations of one user are kept. */
export const maxReservations = 100;
