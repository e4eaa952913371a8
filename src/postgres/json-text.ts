import { storableText } from '../domain/storable-text.js';

/** How JSON writes what may have to be replaced. It also matches such an escape that is written out in a text. */
const oddCharacters = /\\u(?:0000|d[89a-f])/;

/**
 * The value as JSON that PostgreSQL accepts, because a single refused text would keep its whole batch from being
 * written. Only JSON with an odd character is written once more, member by member, which takes five times as long.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return oddCharacters.test(text) ? JSON.stringify(value, storableMember) : text;
}

function storableMember(_key: string, member: unknown): unknown {
  return typeof member === 'string' ? storableText(member) : member;
}
