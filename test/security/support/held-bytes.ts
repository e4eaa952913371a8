import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is in use besides garbage. */
async function liveBytes(): Promise<number> {
  // What finalizers let go is collected the second time.
  collectGarbage();
  await nextTurn();
  collectGarbage();
  return usedBytes();
}

/** What this process still holds of something once it has done it, in bytes. */
export async function heldBytesAfter(act: () => Promise<unknown>): Promise<number> {
  const before = await liveBytes();
  await act();
  return (await liveBytes()) - before;
}

/** A smaller rise is not worth a collection. */
const leastRiseBytes = 500_000;

/**
 * The most that this process holds for something while it does it, garbage left out, in bytes. Garbage is collected in a
 * turn of the event loop only where more than that is in use, so that this takes few collections.
 */
export async function heldBytesDuring(act: () => Promise<unknown>): Promise<number> {
  const before = await liveBytes();
  let most = 0;
  let isOver = false;
  const acting = act().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await nextTurn();
    if (usedBytes() - before < most + leastRiseBytes) continue;
    collectGarbage();
    most = Math.max(most, usedBytes() - before);
  }
  await acting;
  return most;
}
