import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storableText } from '../../src/domain/storable-text.js';
import { jsonText } from '../../src/postgres/json-text.js';

const odd = fc.constantFrom(
  '\0',
  '\ud83d',
  '\ude00',
  '\ud800',
  '\udfff',
  '\\u0000',
  '\\',
  'ud800',
  '\ud83d\ude00',
  'a',
  '"',
);
const text = fc.array(odd, { maxLength: 6 }).map((parts) => parts.join(''));

it('writes every text as PostgreSQL can store it, whatever stands beside it', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ first: text, second: text })), (rows) => {
      const stored = rows.map(({ first, second }) => ({ first: storableText(first), second: storableText(second) }));
      expect(JSON.parse(jsonText(rows))).toEqual(stored);
    }),
  );
});
