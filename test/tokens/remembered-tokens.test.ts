import { expect, it } from 'vitest';
import { RememberedTokens } from '../../src/tokens/remembered-tokens.js';

let keys: object = {};

const memoryOf = (maxTokens: number) =>
  new RememberedTokens<string>({
    maxTokens,
    toleranceSeconds: 0,
    now: () => 0,
    keysInForce: () => keys,
    keyOf: (token) => `key of ${token}`,
  });

it('forgets the token that has not come for longest when there are too many', () => {
  const remembered = memoryOf(10);
  const remember = (token: string) => remembered.remember(token, keys, `known of ${token}`, { exp: 1 });
  remember('first');
  remember('second');
  expect(remembered.find('first', keys)).toBe('known of first');
  for (let index = 0; index < 9; index++) remember(`other ${index}`);
  expect(remembered.find('first', keys)).toBe('known of first');
  expect(remembered.find('second', keys)).toBeUndefined();
});

it('knows no token with other keys than those that it was verified with, or with none', () => {
  const remembered = memoryOf(10);
  const older = keys;
  remembered.remember('token', older, 'known', { exp: 1 });
  expect([remembered.find('token', {}), remembered.find('token', null)]).toEqual([undefined, undefined]);
  expect(remembered.find('token', older)).toBe('known');
  keys = {};
  remembered.remember('other', keys, 'known', { exp: 1 });
  expect(remembered.find('token', older)).toBeUndefined();
});

it('remembers no token that was being verified when other keys came', () => {
  const remembered = memoryOf(10);
  const older = keys;
  keys = {};
  remembered.remember('token', older, 'known', { exp: 1 });
  remembered.remember('token', null, 'known', { exp: 1 });
  expect([remembered.find('token', older), remembered.find('token', keys)]).toEqual([undefined, undefined]);
});

it('remembers nothing where that was chosen', () => {
  const remembered = memoryOf(0);
  remembered.remember('token', keys, 'known', { exp: 1 });
  expect(remembered.find('token', keys)).toBeUndefined();
});
