// Loaded before the main module of a measured process (`node --expose-gc --import`): answers over IPC what the process
// has used since it was last asked, and stops the process when the one that measures is gone. With PRESSURE_NOTES it takes
// notes of what happens when, too.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { takeNotes } from './notes.mjs';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
const bytesPerMegabyte = 1_000_000;
const nanosPerMilli = 1e6;

const notesSince = process.env.PRESSURE_NOTES === undefined ? () => [] : takeNotes();

process.on('message', ({ id, collects, sinceMs }) => {
  if (sinceMs !== undefined) {
    process.send({ id, notes: notesSince(sinceMs) });
    return;
  }
  if (collects) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({
    id,
    usage: {
      cpuMs: (user + system) / 1_000,
      heapMegabytes: heapUsed / bytesPerMegabyte,
      rssMegabytes: rss / bytesPerMegabyte,
      longestTurnMs: delays.max / nanosPerMilli,
    },
  });
  delays.reset();
});
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening to messages must not keep a server alive that is being stopped.
process.channel?.unref();
