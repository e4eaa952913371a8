import { describe, expect, it } from 'vitest';
import { nameOf, plain } from '../../src/console/names.js';

describe('a name that somebody chose', () => {
  it.each([
    ['a Hangul filler', '\u3164'],
    ['halfwidth Hangul fillers', '\uFFA0 \uFFA0'],
    ['soft hyphens', '\u00AD\u00AD'],
    ['a joiner', '\u200D'],
    ['blank Braille', '\u2800'],
    ['tags', '\u{E0041}\u{E0042}'],
    ['a selector of variations', '\uFE0F'],
  ])('counts as none where it shows nothing, as %s does', (_what, displayName) => {
    expect(plain(displayName)).toBeNull();
    expect(nameOf({ id: 'the id', displayName, email: 'pat@example.com', username: null, phoneNumber: null })).toBe(
      'pat@example.com',
    );
  });

  it.each(['👩‍💻', 'می‌خواهم', '❤️', '\u1160가'])('is left as it is where it shows something: %s', (displayName) => {
    expect(plain(displayName)).toBe(displayName);
  });
});
