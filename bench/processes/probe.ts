import { readFileSync } from 'node:fs';
import { askedIn } from './asked.js';
import type { Usage } from './messages.js';

/**
 * Loaded before the main module of every measured process (`node --import`): answers what the process has used, and
 * stops the process when the one that measures is gone. Needs `--expose-gc`.
 */
process.on('message', (message) => {
  const asked = askedIn(message);
  if (asked === null) return;
  const { id, request } = asked;
  if (request.kind === 'usageAfterCollection') globalThis.gc?.();
  if (request.kind === 'usage' || request.kind === 'usageAfterCollection') process.send?.({ id, answer: ownUsage() });
});
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening to messages must not keep a server alive that is being stopped.
process.channel?.unref();

function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMicros: user + system, rssBytes: rss, peakRssBytes: peakRssBytes(), heapUsedBytes: heapUsed };
}

/**
 * Linux counts in `ru_maxrss`, which Node.js reports, also what the parent had resident when it started the process.
 * @see proc_pid_status(5), VmHWM
 */
function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1_024;
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes) * 1_024;
}
