import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A smaller rise is not worth a collection. */
const leastRiseBytes = 500_000;

/**
 * The most that this process holds for something while it does it, garbage left out, in bytes. Garbage is collected in a
 * turn of the event loop only where more than that is in use, so that this takes few collections.
 */
export async function heldBytesDuring(act: () => Promise<unknown>): Promise<number> {
  // What finalizers let go is collected the second time.
  collectGarbage();
  await nextTurn();
  collectGarbage();
  const before = usedBytes();
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
