import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * scrypt with N=256 takes well under a millisecond. FusionAuth's own scheme is made expensive on purpose and dominates
 * its login time; here the hash must never be the bottleneck of a test or a benchmark. Not fit for real passwords.
 */
const scryptCost = { N: 256, r: 8, p: 1 };
const hashLengthBytes = 32;

const scryptAsync = promisify<string, Buffer, number, typeof scryptCost, Buffer>(scrypt);

export function hashPassword(password: string): PasswordHash {
  const salt = randomBytes(16);
  return { salt, hash: scryptSync(password, salt, hashLengthBytes, scryptCost) };
}

export async function passwordMatches(password: string, stored: PasswordHash): Promise<boolean> {
  const hash = await scryptAsync(password, stored.salt, hashLengthBytes, scryptCost);
  return timingSafeEqual(hash, stored.hash);
}
