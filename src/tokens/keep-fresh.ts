import { type KeySet, refreshMs } from './key-set.js';

/** The first wait after a failure, in milliseconds, which doubles with each one more; and the longest. */
const firstRetryMs = 1_000;
const maxRetryMs = 30_000;

/**
 * Fetches keys now and again before they are too old, so that no delivery, which has little time, waits for them. Returns
 * at once.
 * @param onFailure Called once for several failures in a row, with the second. A single failure is common where FusionAuth
 * and this service start together, and over a second later.
 * @returns a disposable that stops it.
 */
export function keepFresh(keys: Pick<KeySet, 'reload'>, onFailure: (cause: unknown) => void): Disposable {
  let failures = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const fetchAndWait = async () => {
    try {
      await keys.reload();
      failures = 0;
    } catch (cause) {
      if (isStopped) return;
      failures++;
      if (failures === 2) onFailure(cause);
    }
    if (isStopped) return;
    const waitMs = failures === 0 ? refreshMs : Math.min(maxRetryMs, firstRetryMs * 2 ** (failures - 1));
    timer = setTimeout(() => void fetchAndWait(), waitMs);
    timer.unref();
  };
  void fetchAndWait();
  return {
    [Symbol.dispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
