import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** A user's hash as a snapshot holds it, both parts in Base64. */
export interface SavedPassword {
  readonly userId: string;
  readonly salt: string;
  readonly hash: string;
}

/**
 * scrypt with N=256 takes well under a millisecond. FusionAuth's own scheme is made expensive on purpose and dominates
 * its login time; here the hash must never be the bottleneck of a test or a benchmark. Not fit for real passwords.
 */
const scryptCost = { N: 256, r: 8, p: 1 };
const hashLengthBytes = 32;

const scryptAsync = promisify<string, Buffer, number, typeof scryptCost, Buffer>(scrypt);

/** The hashes of the users' passwords. */
export class PasswordTable {
  readonly #ofUser = new Map<string, PasswordHash>();

  set(userId: string, password: string): void {
    const salt = randomBytes(16);
    this.#ofUser.set(userId, { salt, hash: scryptSync(password, salt, hashLengthBytes, scryptCost) });
  }

  async matches(userId: string, password: string): Promise<boolean> {
    const stored = this.#ofUser.get(userId);
    if (stored === undefined) {
      return false;
    }
    const hash = await scryptAsync(password, stored.salt, hashLengthBytes, scryptCost);
    return timingSafeEqual(hash, stored.hash);
  }

  delete(userId: string): void {
    this.#ofUser.delete(userId);
  }

  save(): SavedPassword[] {
    return [...this.#ofUser].map(([userId, { salt, hash }]) => ({
      userId,
      salt: salt.toString('base64'),
      hash: hash.toString('base64'),
    }));
  }

  load(saved: readonly SavedPassword[]): void {
    this.#ofUser.clear();
    for (const { userId, salt, hash } of saved) {
      this.#ofUser.set(userId, { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') });
    }
  }
}
