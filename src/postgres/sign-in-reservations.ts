import { busyUser } from '../domain/errors.js';
import type { UserId } from '../domain/ids.js';
import {
  maxReservations,
  type ReservationChange,
  type SignInReservation,
  type SignInReservations,
} from '../domain/ports/sign-in-reservations.js';
import type { Database } from './database.js';
import { jsonText } from './json-text.js';

/** How often a change is tried again because another replica was faster. */
const maxTries = 20;

interface Row {
  readonly version: string;
  readonly held: readonly SignInReservation[];
}

/**
 * Reservations that replicas share: a row for each user, which is replaced only if it has not changed since it was
 * read.
 */
export class PostgresSignInReservations implements SignInReservations {
  constructor(private readonly database: Database) {}

  async change<T>(userId: UserId, decide: (held: readonly SignInReservation[]) => ReservationChange<T>): Promise<T> {
    for (let tries = 0; tries < maxTries; tries++) {
      const [row] = await this.database.query<Row>(
        'select version, held from $schema.sign_in_reservation where user_id = $1',
        [userId],
      );
      const known = row?.held ?? [];
      const { answer, held } = decide(known);
      const kept = held.slice(-maxReservations);
      if (JSON.stringify(kept) === JSON.stringify(known) || (await this.#replace(userId, row, kept))) return answer;
    }
    throw busyUser();
  }

  async #replace(userId: UserId, row: Row | undefined, held: readonly SignInReservation[]): Promise<boolean> {
    const { database } = this;
    const changed =
      row === undefined
        ? await database.query(
            `insert into $schema.sign_in_reservation (user_id, version, held, changed_at)
            values ($1, 1, $2, now()) on conflict do nothing returning 1`,
            [userId, jsonText(held)],
          )
        : await database.query(
            `update $schema.sign_in_reservation set version = version + 1, held = $3, changed_at = now()
            where user_id = $1 and version = $2 returning 1`,
            [userId, row.version, jsonText(held)],
          );
    return changed.length > 0;
  }
}
