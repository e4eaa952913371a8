import { AgeingMap } from '../domain/ageing-map.js';
import type { UserId } from '../domain/ids.js';
import { keepAtMost } from '../domain/keep-at-most.js';
import {
  maxReservations,
  type ReservationChange,
  type SignInReservation,
  type SignInReservations,
} from '../domain/ports/sign-in-reservations.js';

/** How many users have reservations at most; of more, those that changed first are forgotten. */
const maxUsers = 100_000;

/** Reservations of this process. */
export class InProcessSignInReservations implements SignInReservations {
  /** In the order in which they changed. */
  readonly #held = new AgeingMap<UserId, readonly SignInReservation[]>();

  async change<T>(userId: UserId, decide: (held: readonly SignInReservation[]) => ReservationChange<T>): Promise<T> {
    const { answer, held } = decide(this.#held.get(userId) ?? []);
    this.#held.delete(userId);
    if (held.length > 0) this.#held.set(userId, held.slice(-maxReservations));
    keepAtMost(this.#held, maxUsers);
    return answer;
  }
}
