import { describe, expect, it } from 'vitest';
import { FairTurns } from '../../src/domain/fair-turns.js';

/** Work in its turn. */
async function run<Result>(turns: FairTurns, whom: object, work: () => Promise<Result>): Promise<Result> {
  const turn = turns.enter(whom);
  if (turn !== undefined) await turn;
  try {
    return await work();
  } finally {
    turns.leave();
  }
}

/** Work that ends when it is told to, and a record of what began, in order. */
function workshop(turns: FairTurns) {
  const begun: string[] = [];
  const endings = new Map<string, () => void>();
  const start = (whom: object, name: string) =>
    run(turns, whom, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => endings.set(name, resolve));
      return name;
    });
  const end = async (name: string) => {
    endings.get(name)?.();
    await new Promise(setImmediate);
  };
  return { begun, start, end };
}

describe('turns', () => {
  it('begin at once while there are free places', () => {
    const { begun, start } = workshop(new FairTurns(3, 10));
    const bulk = {};
    for (const name of ['a', 'b', 'c', 'd']) void start(bulk, name);
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('go round over those that wait, each in its own order', async () => {
    const { begun, start, end } = workshop(new FairTurns(1, 100));
    const [bulk, login, page] = [{}, {}, {}];
    for (const name of ['bulk 1', 'bulk 2', 'bulk 3', 'bulk 4']) void start(bulk, name);
    for (const name of ['login 1', 'login 2']) void start(login, name);
    void start(page, 'page 1');
    for (let index = 0; index < 6; index++) await end(begun.at(-1) ?? '');
    expect(begun).toEqual(['bulk 1', 'bulk 2', 'login 1', 'page 1', 'bulk 3', 'login 2', 'bulk 4']);
  });

  it('come to one that arrives late before the many that wait', async () => {
    const { begun, start, end } = workshop(new FairTurns(2, 1_000));
    const bulk = {};
    for (let index = 0; index < 500; index++) void start(bulk, `bulk ${index}`);
    await end('bulk 0');
    void start({}, 'login');
    await end('bulk 1');
    await end('bulk 2');
    expect(begun.indexOf('login')).toBeLessThanOrEqual(4);
  });

  it('are not overtaken by who comes while a place passes on', async () => {
    const { begun, start, end } = workshop(new FairTurns(1, 10));
    void start({}, 'first');
    void start({}, 'waiting');
    const ending = end('first');
    void start({}, 'newcomer');
    await ending;
    expect(begun).toEqual(['first', 'waiting']);
  });

  it('pass on when work fails, and the failure is that of the work', async () => {
    const turns = new FairTurns(1, 10);
    const failing = run(turns, {}, () => Promise.reject(new RangeError('no')));
    const next = run(turns, {}, async () => 'next');
    await expect(failing).rejects.toThrow(RangeError);
    expect(await next).toBe('next');
  });

  it('are full when as many wait as may', async () => {
    const turns = new FairTurns(1, 1);
    const { start, end } = workshop(turns);
    expect(turns.isFull).toBe(false);
    void start({}, 'a');
    expect(turns.isFull).toBe(false);
    void start({}, 'b');
    expect(turns.isFull).toBe(true);
    await end('a');
    expect(turns.isFull).toBe(false);
    await end('b');
    expect(turns.isFull).toBe(false);
  });

  it('are never more than allowed at the same time, and all come', async () => {
    const turns = new FairTurns(3, 1_000);
    let [running, most] = [0, 0];
    const lines = [{}, {}, {}, {}, {}];
    const done = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        run(turns, lines[index % lines.length] ?? {}, async () => {
          most = Math.max(most, ++running);
          await new Promise(setImmediate);
          running--;
          return index;
        }),
      ),
    );
    expect(done).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(most).toBe(3);
  });
});
