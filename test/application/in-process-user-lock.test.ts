import { expect, it } from 'vitest';
import { TooManyRequestsError } from '../../src/domain/errors.js';
import { parseUserId, type UserId } from '../../src/domain/ids.js';
import { InProcessUserLock } from '../../src/in-process/user-lock.js';

const alice = userId('b0000000-0000-4000-8000-000000000001');
const bob = userId('b0000000-0000-4000-8000-000000000002');
const patient = { maxWaiting: 10, maxWaitMs: 60_000 };

it('runs the operations of one user one after the other, first come first served', async () => {
  const lock = new InProcessUserLock(patient);
  const events: string[] = [];
  const operation = (name: string) => async () => {
    events.push(`${name} begins`);
    await tick();
    events.push(`${name} ends`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => lock.run(alice, operation(name))));
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('lets the operations of another user run in the meantime', async () => {
  const lock = new InProcessUserLock(patient);
  const gate = newGate();
  const held = lock.run(alice, () => gate.opened);
  await expect(lock.run(bob, async () => 'done')).resolves.toBe('done');
  gate.open();
  await held;
});

it('answers what the operation answers', async () => {
  const lock = new InProcessUserLock(patient);
  const answers = [1, 2, 3].map((value) => lock.run(alice, async () => value));
  await expect(Promise.all(answers)).resolves.toEqual([1, 2, 3]);
});

it('goes on with the next operation when one fails', async () => {
  const lock = new InProcessUserLock(patient);
  const failing = lock.run(alice, () => Promise.reject(new Error('failed')));
  const next = lock.run(alice, async () => 'done');
  await expect(failing).rejects.toThrow('failed');
  await expect(next).resolves.toBe('done');
});

it('goes on when an operation throws before it returns a promise', async () => {
  const lock = new InProcessUserLock(patient);
  const throwing = lock.run(alice, () => {
    throw new Error('thrown');
  });
  await expect(throwing).rejects.toThrow('thrown');
  await expect(lock.run(alice, async () => 'done')).resolves.toBe('done');
});

it('refuses one more than may wait with RATE_LIMITED, without running it, and serves those who wait', async () => {
  const lock = new InProcessUserLock({ maxWaiting: 2, maxWaitMs: 60_000 });
  const gate = newGate();
  const ran: string[] = [];
  const held = lock.run(alice, () => gate.opened);
  const waiting = ['first', 'second'].map((name) => lock.run(alice, async () => ran.push(name)));

  const refused = await lock.run(alice, async () => ran.push('third')).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(TooManyRequestsError);
  expect(refused).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1 });

  gate.open();
  await Promise.all([held, ...waiting]);
  expect(ran).toEqual(['first', 'second']);
});

it('refuses an operation whose turn does not come in time, and never runs it', async () => {
  const lock = new InProcessUserLock({ maxWaiting: 10, maxWaitMs: 20 });
  const gate = newGate();
  let ran = false;
  const held = lock.run(alice, () => gate.opened);
  const late = lock.run(alice, async () => {
    ran = true;
  });
  await expect(late).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1 });

  gate.open();
  await held;
  await tick();
  expect(ran).toBe(false);
});

it('gives the place of one that gave up waiting to another', async () => {
  const lock = new InProcessUserLock({ maxWaiting: 1, maxWaitMs: 20 });
  const gate = newGate();
  const held = lock.run(alice, () => gate.opened);
  await expect(lock.run(alice, tick)).rejects.toBeInstanceOf(TooManyRequestsError);

  const next = lock.run(alice, async () => 'done');
  gate.open();
  await held;
  await expect(next).resolves.toBe('done');
});

it('does not count the time an operation runs as waiting', async () => {
  const lock = new InProcessUserLock({ maxWaiting: 10, maxWaitMs: 20 });
  await expect(lock.run(alice, () => new Promise((resolve) => setTimeout(() => resolve('done'), 60)))).resolves.toBe(
    'done',
  );
});

it('remembers no user for whom nothing runs, whatever became of the operations', async () => {
  // Whoever is remembered would have to wait, and with no place to wait is refused.
  const lock = new InProcessUserLock({ maxWaiting: 0, maxWaitMs: 60_000 });
  const users = Array.from({ length: 100 }, (_, index) =>
    userId(`b0000000-0000-4000-8000-${String(index).padStart(12, '0')}`),
  );
  const operations = [async () => 'done', () => Promise.reject(new Error('failed'))];
  for (const operation of operations) {
    await Promise.allSettled(users.map((user) => lock.run<unknown>(user, operation)));
    const again = await Promise.allSettled(users.map((user) => lock.run(user, async () => 'again')));
    expect(again.filter(({ status }) => status === 'fulfilled')).toHaveLength(users.length);
  }
});

it('says that its turns are not those of other processes, and that nothing takes them away', async () => {
  const user = userId('00000000-0000-0000-0000-000000000001');
  const lease = await new InProcessUserLock(patient).run(user, async (given) => given);
  expect([lease.isShared, lease.signal.aborted]).toEqual([false, false]);
});

function userId(text: string): UserId {
  const id = parseUserId(text);
  if (id === undefined) throw new Error(`${text} is not a UUID`);
  return id;
}

/** Something to wait for until the test says so. */
function newGate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
