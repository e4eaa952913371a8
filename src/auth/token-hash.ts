import { hash } from 'node:crypto';

/** By which a token is remembered, so that it does not stay in memory. */
export function hashOf(token: string): string {
  return hash('sha256', token, 'base64');
}
