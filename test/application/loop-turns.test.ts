import { describe, expect, it } from 'vitest';
import { type LoopLane, LoopTurns, laneOf } from '../../src/application/operation/loop-turns.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const shares = { servicesLight: 30, servicesLong: 30, usersLight: 30, usersLong: 30, usersBegin: 30 };

/** Pieces of work by name, as they begin. */
class Begun {
  readonly #names: string[] = [];
  #before = 0;

  constructor(private readonly turns: LoopTurns) {}

  take(name: string, units: number, lane: LoopLane = 'usersLong', waits = false): void {
    const wait = waits ? this.turns.next(lane, name, units) : this.turns.take(lane, name, units);
    if (wait === undefined) this.#names.push(name);
    else void wait.then(() => this.#names.push(name));
  }

  /** What has begun since this was last asked. */
  since(): string {
    const names = this.#names.slice(this.#before);
    this.#before = this.#names.length;
    return names.join('');
  }

  async inTurn(): Promise<string> {
    await turn();
    return this.since();
  }

  async inTurns(count: number): Promise<readonly string[]> {
    const all: string[] = [];
    for (let index = 0; index < count; index++) all.push(await this.inTurn());
    return all;
  }
}

describe('in one lane', () => {
  it('work within the share of a turn begins at once, and the rest in the turns that follow', async () => {
    const begun = new Begun(new LoopTurns(shares));
    for (let count = 0; count < 7; count++) begun.take('a', 10);
    expect(begun.since()).toBe('aaa');
    expect(await begun.inTurns(3)).toEqual(['aaa', 'a', '']);
  });

  it('work that is more than a whole share begins with a turn', async () => {
    const begun = new Begun(new LoopTurns(shares));
    begun.take('a', 100);
    begun.take('b', 100);
    begun.take('c', 10);
    expect(begun.since()).toBe('a');
    expect(await begun.inTurns(3)).toEqual(['b', 'c', '']);
  });

  it('whoever has one piece waits for one piece of another, not for all of them', async () => {
    const begun = new Begun(new LoopTurns(shares));
    for (let count = 0; count < 100; count++) begun.take('a', 10);
    begun.take('b', 10);
    begun.take('c', 10);
    expect(begun.since()).toBe('aaa');
    expect(await begun.inTurn()).toBe('abc');
  });

  it('what has to wait for a turn does so however little there is', async () => {
    const begun = new Begun(new LoopTurns(shares));
    begun.take('a', 1, 'usersBegin', true);
    expect(begun.since()).toBe('');
    expect(await begun.inTurns(2)).toEqual(['a', '']);
  });
});

describe('between lanes', () => {
  it('each has its share of a turn, light work before long, and that of services before that of users', async () => {
    const begun = new Begun(new LoopTurns(shares));
    const lanes = ['usersLong', 'usersLight', 'servicesLong', 'servicesLight'] as const;
    // The share of the turn in which they come.
    for (const lane of lanes) begun.take('', 30, lane);
    for (const lane of lanes) for (let count = 0; count < 5; count++) begun.take(` ${lane}`, 15, lane);
    begun.since();
    expect(await begun.inTurn()).toBe(
      ' servicesLight servicesLight servicesLong servicesLong usersLight usersLight usersLong usersLong',
    );
  });

  it('an operation of a user begins when nothing waits that has begun', async () => {
    const begun = new Begun(new LoopTurns(shares));
    for (let count = 0; count < 3; count++) begun.take('L', 30);
    begun.take('N', 10, 'usersBegin', true);
    expect(begun.since()).toBe('L');
    expect(await begun.inTurns(3)).toEqual(['L', 'LN', '']);
  });

  it('an operation of a user does not begin in a turn in which a piece of another is more than a whole share', async () => {
    const begun = new Begun(new LoopTurns(shares));
    begun.take('L', 30);
    begun.take('L', 300);
    begun.take('N', 10, 'usersBegin', true);
    begun.since();
    expect(await begun.inTurns(3)).toEqual(['L', 'N', '']);
  });

  it('one of a service begins whatever users have waiting', async () => {
    const begun = new Begun(new LoopTurns(shares));
    for (let count = 0; count < 3; count++) begun.take('L', 30);
    begun.take('S', 10, 'servicesLight', true);
    begun.since();
    expect(await begun.inTurn()).toBe('SL');
  });
});

it('an operation is light until it has done more than a login does', () => {
  const lane = (kind: 'user' | 'service', units: number) => laneOf({ caller: { kind }, work: { units } });
  expect([lane('user', 0), lane('user', 10_000)]).toEqual(['usersLight', 'usersLong']);
  expect([lane('service', 500), lane('service', 10_000)]).toEqual(['servicesLight', 'servicesLong']);
});
