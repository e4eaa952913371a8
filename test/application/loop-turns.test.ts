import { describe, expect, it } from 'vitest';
import { type LoopLane, LoopTurns, laneOf } from '../../src/application/operation/loop-turns.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const shares = { servicesLane: 30, users: 30, usersBeginTogether: 0 };
let nowMs = 0;
const createTurns = () => new LoopTurns(shares, () => nowMs);

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
    const begun = new Begun(createTurns());
    for (let count = 0; count < 7; count++) begun.take('a', 10);
    expect(begun.since()).toBe('aaa');
    expect(await begun.inTurns(3)).toEqual(['aaa', 'a', '']);
  });

  it('work that is more than a whole share begins with a turn', async () => {
    const begun = new Begun(createTurns());
    begun.take('a', 100);
    begun.take('b', 100);
    begun.take('c', 10);
    expect(begun.since()).toBe('a');
    expect(await begun.inTurns(3)).toEqual(['b', 'c', '']);
  });

  it('whoever has one piece waits for one piece of another, not for all of them', async () => {
    const begun = new Begun(createTurns());
    for (let count = 0; count < 100; count++) begun.take('a', 10);
    begun.take('b', 10);
    begun.take('c', 10);
    expect(begun.since()).toBe('aaa');
    expect(await begun.inTurn()).toBe('abc');
  });

  it('whoever was served least goes first', async () => {
    const begun = new Begun(createTurns());
    for (let count = 0; count < 5; count++) begun.take('a', 30);
    await begun.inTurns(2);
    for (let count = 0; count < 3; count++) begun.take('b', 5);
    expect(await begun.inTurns(3)).toEqual(['a', 'bbb', 'a']);
  });

  it('what has to wait for a turn does so however little there is', async () => {
    const begun = new Begun(createTurns());
    begun.take('a', 1, 'usersBegin', true);
    expect(begun.since()).toBe('');
    expect(await begun.inTurns(2)).toEqual(['a', '']);
  });
});

describe('of what users have waiting', () => {
  it('a piece begins once all that follows from the one before it is done', async () => {
    const turns = createTurns();
    const steps: string[] = [];
    await Promise.all(
      ['a', 'b'].map(async (name) => {
        await turns.next('usersLong', name, 1);
        for (let count = 0; count < 20; count++) await Promise.resolve();
        steps.push(name);
        await Promise.resolve();
        steps.push(name);
      }),
    );
    expect(steps).toEqual(['a', 'a', 'b', 'b']);
  });

  it('nothing begins in a turn that takes longer than was estimated', async () => {
    const turns = createTurns();
    const begun: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      void turns.next('usersLong', name, 1).then(() => {
        begun.push(name);
        nowMs += name === 'a' ? 0.02 : 0.04;
      });
    }
    await turn();
    expect(begun).toEqual(['a', 'b']);
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('a turn is whole again after one in which its last piece was done', async () => {
    const begun = new Begun(createTurns());
    begun.take('a', 30);
    begun.take('b', 30);
    expect(await begun.inTurns(2)).toEqual(['ab', '']);
    begun.take('c', 30);
    expect(begun.since()).toBe('c');
  });
});

describe('between lanes', () => {
  it('those of services have a share each, and those of users one together, light work before long', async () => {
    const begun = new Begun(createTurns());
    const lanes = ['usersLong', 'usersLight', 'servicesLong', 'servicesLight'] as const;
    // The share of the turn in which they come.
    for (const lane of lanes) if (lane !== 'usersLight') begun.take('', 30, lane);
    for (const lane of lanes) for (let count = 0; count < 3; count++) begun.take(` ${lane}`, 15, lane);
    begun.since();
    expect(await begun.inTurns(5)).toEqual([
      ' servicesLight servicesLight servicesLong servicesLong usersLight usersLight',
      ' servicesLight servicesLong',
      '',
      ' usersLight usersLong',
      ' usersLong usersLong',
    ]);
  });

  it('all that follows from work of services is done before work of users begins', async () => {
    const turns = createTurns();
    const steps: string[] = [];
    const user = turns.next('usersLight', 'u', 1).then(() => steps.push('user'));
    await turns.next('servicesLight', 's', 1);
    for (let count = 0; count < 20; count++) await Promise.resolve();
    steps.push('service');
    await user;
    expect(steps).toEqual(['service', 'user']);
  });

  it('users wait while services do something in each turn, but not for ever', async () => {
    const turns = createTurns();
    const begun: string[] = [];
    const usersTurns = (count: number) => {
      for (let index = 0; index < count; index++) void turns.next('usersLong', 'u', 1).then(() => begun.push('user'));
    };
    usersTurns(1);
    await turn();
    expect(begun).toEqual(['user']);
    usersTurns(1);
    for (let count = 0; count < 10; count++) {
      void turns.next('servicesLight', {}, 1);
      await turn();
    }
    expect(begun).toEqual(['user']);
    nowMs += 10;
    void turns.next('servicesLight', {}, 1);
    await turn();
    expect(begun).toEqual(['user', 'user']);
  });

  it('what services ask for in a turn is under way before users have the next one', async () => {
    const turns = createTurns();
    const steps: string[] = [];
    await turns.next('usersLong', 'u', 1);
    await turn();
    const user = turns.next('usersLong', 'u', 1).then(() => steps.push('user'));
    const called = turns.next('servicesLight', 's', 1).then(() => {
      const again = turns.next('servicesLight', 's', 1);
      setImmediate(() => steps.push('call'));
      return again;
    });
    await Promise.all([user, called]);
    expect(steps).toEqual(['call', 'user']);
  });

  it('an operation of a user who was served more than an equal share begins when nothing waits that has begun', async () => {
    const begun = new Begun(createTurns());
    for (let count = 0; count < 3; count++) begun.take('L', 30);
    begun.take('N', 30, 'usersLight');
    begun.take('N', 10, 'usersBegin', true);
    expect(begun.since()).toBe('L');
    expect(await begun.inTurns(5)).toEqual(['N', 'L', 'L', 'N', '']);
  });

  it('an operation of any other user begins before long work, but not before their own', async () => {
    const begun = new Begun(createTurns());
    for (let count = 0; count < 4; count++) begun.take('L', 30);
    for (const name of ['L', 'N']) begun.take(name, 10, 'usersBegin', true);
    expect(begun.since()).toBe('L');
    expect(await begun.inTurns(5)).toEqual(['N', 'L', 'L', 'L', 'L']);
  });

  it('short operations of users begin together, and what follows from each of them after that', async () => {
    const turns = new LoopTurns({ ...shares, users: 100, usersBeginTogether: 20 }, () => nowMs);
    const steps: string[] = [];
    const names = ['a', 'b', 'c', 'd', 'e'];
    const begun = names.map(async (name) => {
      await turns.next('usersBegin', name, name === 'd' ? 15 : 10);
      steps.push(name);
      await Promise.resolve();
      steps.push(name);
    });
    await Promise.all(begun);
    expect(steps.join('')).toBe('ababccddee');
  });

  it('no more of them begin in a turn than have room in it', async () => {
    const turns = new LoopTurns({ ...shares, usersBeginTogether: 1_000 }, () => nowMs);
    const begun = new Begun(turns);
    for (const name of ['a', 'b', 'c', 'd']) begun.take(name, 10, 'usersBegin', true);
    expect(await begun.inTurns(3)).toEqual(['abc', 'd', '']);
  });

  it('one of a service begins whatever users have waiting', async () => {
    const begun = new Begun(createTurns());
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
