const tickMs = 10;
/** A tick that comes later than this was not run: the machine was busy with other processes, or this one was. */
const maxTickMs = 2 * tickMs;

/** Also where a test has time pass. */
const nowMs = performance.now.bind(performance);

/**
 * A stopwatch for the bounds of what must not take long: time in which other processes had the machine does not count. Each
 * tick counts as what this process has worked in it, and at least as a tick where it waited.
 * @returns stops it, and answers the milliseconds since it was started.
 */
export function startOwnTime(): () => number {
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
  const ticking = setInterval(tick, tickMs).unref();
  return () => {
    clearInterval(ticking);
    tick();
    return ownMs;
  };
}
