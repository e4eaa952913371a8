import { expect, it } from 'vitest';
import { SharedRuns } from '../../src/application/operation/shared-runs.js';
import { TooManyRequestsError } from '../../src/domain/errors.js';

type Runs = SharedRuns<string, string>;
const never = Number.POSITIVE_INFINITY;
const patient = { deadline: never, late: () => 'late' };

/** Runs that note when they begin, and go on until they are let go. */
function newDesk(maxWaiting = 10) {
  const runs: Runs = new SharedRuns(maxWaiting);
  const begun: (readonly string[])[] = [];
  const endings: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const call = (name: string, kind = 'kind', patience = patient) =>
    runs.run(kind, name, patience, (calls) => {
      begun.push(calls);
      return new Promise((resolve, reject) => {
        const succeed = () => resolve(new Map(calls.map((one) => [one, `${one} of ${calls.join('+')}`])));
        endings.push({ succeed, fail: reject });
      });
    });
  return { call, begun, endings };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

it('calls that arrive while a run goes on share the next one, which begins when that has ended', async () => {
  const { call, begun, endings } = newDesk();
  const answers = Promise.all(['a', 'b', 'c'].map((name) => call(name)));
  await tick();
  expect(begun).toEqual([['a']]);
  endings[0]?.succeed();
  await tick();
  expect(begun).toEqual([['a'], ['b', 'c']]);
  const late = call('d');
  endings[1]?.succeed();
  await tick();
  expect(begun).toEqual([['a'], ['b', 'c'], ['d']]);
  endings[2]?.succeed();
  expect([...(await answers), await late]).toEqual(['a of a', 'b of b+c', 'c of b+c', 'd of d']);
});

it('calls of another kind have a run of their own at once', async () => {
  const { call, begun, endings } = newDesk();
  const answers = Promise.all([call('a', 'one'), call('b', 'other')]);
  expect(begun).toEqual([['a'], ['b']]);
  for (const { succeed } of endings) succeed();
  expect(await answers).toEqual(['a of a', 'b of b']);
});

it('an error is that of each call of its run, and of no other', async () => {
  const { call, endings } = newDesk();
  const first = call('a');
  const [second, third] = [call('b'), call('c')];
  const failing = Promise.allSettled([second, third]);
  endings[0]?.succeed();
  await expect(first).resolves.toBe('a of a');
  await tick();
  endings[1]?.fail(new Error('failed'));
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = call('d');
  endings[2]?.succeed();
  await expect(again).resolves.toBe('d of d');
});

it('a run that fails lets the one that waits begin', async () => {
  const { call, begun, endings } = newDesk();
  const first = call('a').catch((error: Error) => error.message);
  const second = call('b');
  endings[0]?.fail(new Error('failed'));
  await expect(first).resolves.toBe('failed');
  await tick();
  expect(begun).toEqual([['a'], ['b']]);
  endings[1]?.succeed();
  await expect(second).resolves.toBe('b of b');
});

it('a call whose time is over before its run begins leaves it to the others', async () => {
  const { call, begun, endings } = newDesk();
  const first = call('a');
  const impatient = call('b', 'kind', { deadline: performance.now() + 5, late: () => 'nothing was done for b' });
  const second = call('c');
  await expect(impatient).resolves.toBe('nothing was done for b');
  endings[0]?.succeed();
  await first;
  await tick();
  expect(begun).toEqual([['a'], ['c']]);
  endings[1]?.succeed();
  await expect(second).resolves.toBe('c of c');
});

it('one call more than may wait is refused, and the others are not', async () => {
  const { call, endings } = newDesk(2);
  const answers = Promise.all(['a', 'b', 'c'].map((name) => call(name)));
  await expect(call('d')).rejects.toBeInstanceOf(TooManyRequestsError);
  endings[0]?.succeed();
  await tick();
  endings[1]?.succeed();
  await expect(answers).resolves.toHaveLength(3);
});
