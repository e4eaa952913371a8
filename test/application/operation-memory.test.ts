import { expect, it } from 'vitest';
import { OperationMemory } from '../../src/application/operation/operation-memory.js';

it('makes a value once for each subject and name, undefined included', () => {
  const memory = new OperationMemory();
  const [one, other] = [{}, {}];
  let made = 0;
  const make = () => ++made;
  expect([memory.once(one, 'a', make), memory.once(one, 'a', make)]).toEqual([1, 1]);
  expect([memory.once(one, 'b', make), memory.once(other, 'a', make)]).toEqual([2, 3]);
  const nothing = () => void made++;
  memory.once(one, 'nothing', nothing);
  memory.once(one, 'nothing', nothing);
  expect(made).toBe(4);
});

it('makes a value again where making it has failed', () => {
  const memory = new OperationMemory();
  const subject = {};
  expect(() =>
    memory.once(subject, 'a', () => {
      throw new RangeError('too much');
    }),
  ).toThrow('too much');
  expect(memory.once(subject, 'a', () => 1)).toBe(1);
});
