import { anyCharacters, starPattern, textMatcher } from './user-query.js';

/**
 * Finds texts as FusionAuth's searches do: `*` stands for any characters, and a value without one may be any part of the
 * text. Case does not count.
 */
export function textSearch(wanted = ''): (text: string | undefined) => boolean {
  const pattern = starPattern(wanted);
  const matches = textMatcher(wanted.includes('*') ? pattern : [anyCharacters, ...pattern, anyCharacters]);
  return (text = '') => matches(text.toLowerCase());
}
