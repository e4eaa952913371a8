const tickMs = 10;
/** A tick that comes later than this was not run: the machine was busy with other processes, or this one was. */
const maxTickMs = 2 * tickMs;

/** Also where a test has time pass. */
const nowMs = performance.now.bind(performance);

/**
 * A stopwatch for the bounds of what must not take long: time in which other processes had the machine does not count. Each
 * tick counts as what this process has worked in it, and at least as a tick where it waited.
 * @param onTick Called every few milliseconds with those since it was started.
 * @returns stops it, and answers the milliseconds since it was started.
 */
export function startOwnTime(onTick: (ownMs: number) => void = () => {}): () => number {
  let ownMs = 0;
  let lastAt = nowMs();
  let lastUsage = process.cpuUsage();
  const tick = () => {
    const now = nowMs();
    const { user, system } = process.cpuUsage(lastUsage);
    ownMs += Math.min(now - lastAt, Math.max((user + system) / 1_000, maxTickMs));
    lastAt = now;
    lastUsage = process.cpuUsage();
  };
  const ticking = setInterval(() => {
    tick();
    onTick(ownMs);
  }, tickMs);
  ticking.unref();
  return () => {
    clearInterval(ticking);
    tick();
    return ownMs;
  };
}

/** Resolves when this process has had the machine, or nothing to do, for so long: what it had to do meanwhile is done. */
export function ownTimeOf(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = startOwnTime((ownMs) => {
      if (ownMs < milliseconds) return;
      stop();
      resolve();
    });
  });
}
