import { randomUUID } from 'node:crypto';

/**
 * A random id. Node.js builds a UUID by joining twenty pieces and V8 keeps the pieces until the string is first read
 * as a whole, some 700 bytes each; going through a buffer makes it one piece. With millions of ids that counts.
 */
export function newId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}
