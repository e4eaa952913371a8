import { storableText } from '../domain/storable-text.js';

/** The value as JSON that PostgreSQL takes: one text that it refuses would keep all of a batch from being written. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'string' ? storableText(member) : member));
}
