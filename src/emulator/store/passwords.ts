import { pbkdf2, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
  readonly pbkdf2Factor?: number;
}

/** A user's hash as a snapshot holds it, both parts in Base64. */
export interface SavedPassword {
  readonly userId: string;
  readonly salt: string;
  readonly hash: string;
  /** The iterations of PBKDF2 with SHA-256, by which imported passwords are hashed. Absent: the emulator's own scheme. */
  readonly pbkdf2Factor?: number;
}

/**
 * scrypt with N=256 takes well under a millisecond. FusionAuth's own scheme is made expensive on purpose and dominates
 * its login time; here the hash must never be the bottleneck of a test or a benchmark. Not fit for real passwords.
 */
const scryptCost = { N: 256, r: 8, p: 1 };
const hashLengthBytes = 32;

const pbkdf2Async = promisify(pbkdf2);
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
    const { salt, pbkdf2Factor } = stored;
    const hash =
      pbkdf2Factor === undefined
        ? await scryptAsync(password, salt, hashLengthBytes, scryptCost)
        : await pbkdf2Async(password, salt, pbkdf2Factor, hashLengthBytes, 'sha256');
    return hash.length === stored.hash.length && timingSafeEqual(hash, stored.hash);
  }

  /** Takes a hash as it is. */
  setHash({ userId, salt, hash, pbkdf2Factor }: SavedPassword): void {
    this.#ofUser.set(userId, {
      salt: Buffer.from(salt, 'base64'),
      hash: Buffer.from(hash, 'base64'),
      ...(pbkdf2Factor === undefined ? {} : { pbkdf2Factor }),
    });
  }

  delete(userId: string): void {
    this.#ofUser.delete(userId);
  }

  save(): SavedPassword[] {
    return [...this.#ofUser].map(([userId, { salt, hash, ...factor }]) => ({
      userId,
      salt: salt.toString('base64'),
      hash: hash.toString('base64'),
      ...factor,
    }));
  }

  load(saved: readonly SavedPassword[]): void {
    this.#ofUser.clear();
    for (const password of saved) {
      this.setHash(password);
    }
  }
}
