import { storableText } from '../domain/storable-text.js';

/**
 * The value as JSON that PostgreSQL accepts, because a single refused text would keep its whole batch from being
 * written.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'string' ? storableText(member) : member));
}
