import { describe, expect, it } from 'vitest';
import { nameOf, plain } from '../../src/console/names.js';

const nobody = { id: 'the id', displayName: null, email: null, username: null, phoneNumber: null };

it('who signs in with nothing but a phone number is called by it', () => {
  expect(nameOf({ ...nobody, phoneNumber: '+15551234567' })).toBe('+15551234567');
  expect(nameOf(nobody)).toBe('the id');
});

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
    expect(nameOf({ ...nobody, displayName, email: 'pat@example.com' })).toBe('pat@example.com');
  });

  it.each(['👩‍💻', 'می‌خواهم', '❤️', '\u1160가'])('is left as it is where it shows something: %s', (displayName) => {
    expect(plain(displayName)).toBe(displayName);
  });
});
