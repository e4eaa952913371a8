import { timingSafeEqual } from 'node:crypto';

/** Compares in a time that does not depend on how much of the secret is right. */
export function sameSecret(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
