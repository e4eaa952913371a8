import { expect, it } from 'vitest';
import { LoopTurns } from '../../src/application/operation/loop-turns.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Takes so many pieces of work for each name, and tells in which turn each began. */
async function piecesOf(turns: LoopTurns, wanted: readonly (readonly [name: string, units: number])[], max: number) {
  const whom = new Map(wanted.map(([name]) => [name, {}]));
  const begun: string[] = [];
  for (const [name, units] of wanted) {
    const wait = turns.take(whom.get(name) ?? {}, units);
    if (wait === undefined) begun.push(name);
    else void wait.then(() => begun.push(name));
  }
  const perTurn: string[] = [begun.join('')];
  for (let index = 0; index < max; index++) {
    const before = begun.length;
    await turn();
    perTurn.push(begun.slice(before).join(''));
  }
  return perTurn;
}

it('work within the share of a turn begins at once, and the rest in the turns that follow', async () => {
  const small = Array.from({ length: 7 }, () => ['a', 10] as const);
  expect(await piecesOf(new LoopTurns(30), small, 3)).toEqual(['aaa', 'aaa', 'a', '']);
});

it('work that is more than a whole turn gets one of its own', async () => {
  expect(
    await piecesOf(
      new LoopTurns(30),
      [
        ['a', 100],
        ['b', 100],
        ['c', 10],
      ],
      3,
    ),
  ).toEqual(['a', 'b', 'c', '']);
});

it('an operation with one piece waits for one piece of another, not for all of them', async () => {
  const many = Array.from({ length: 100 }, () => ['a', 10] as const);
  const [atOnce, next] = await piecesOf(new LoopTurns(30), [...many, ['b', 10], ['c', 10]], 2);
  expect(atOnce).toBe('aaa');
  expect(next).toBe('abc');
});

it('a light operation begins before long ones that wait, but light ones take half of a turn at most', async () => {
  const turns = new LoopTurns(40);
  const begun: string[] = [];
  const take = (name: string, isLight: boolean) => {
    const wait = turns.take({}, 10, isLight);
    if (wait === undefined) begun.push(name);
    else void wait.then(() => begun.push(name));
  };
  for (let count = 0; count < 10; count++) take('long', false);
  for (let count = 0; count < 5; count++) take('light', true);
  const ofTurn = async () => {
    const before = begun.length;
    await turn();
    return begun.slice(before).join(' ');
  };
  expect(begun.join(' ')).toBe('long long long long light light');
  expect(await ofTurn()).toBe('light light light long long long');
  expect(await ofTurn()).toBe('long long long');
});
