import { expect, it } from 'vitest';
import { messageWithoutSuggestion } from '../../src/graphql/limits/suggestions.js';
import { startOwnTime } from '../support/own-time.js';

it.each([
  ['Unknown type "X".', 'Unknown type "X".'],
  ['Unknown type "X". Did you mean "Y" or "Z"?', 'Unknown type "X".'],
  ['Value "Did you mean x?" is none. Did you mean "Y"?', 'Value "Did you mean x?" is none.'],
  ['Value "Did you mean x?" is none.', 'Value "Did you mean x?" is none.'],
])('of %j stays %j', (message, expected) => {
  expect(messageWithoutSuggestion(message)).toBe(expected);
});

it('removing them takes no longer for a value that repeats their words', () => {
  const message = `${'Did you mean '.repeat(7_000)}.`;
  const stop = startOwnTime();
  messageWithoutSuggestion(message);
  expect(stop()).toBeLessThan(100);
});
