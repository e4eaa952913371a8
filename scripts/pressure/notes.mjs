// What happened when in a process, for finding out what a slow request waited for: requests that came to its HTTP server,
// its own calls, collections of garbage, and turns of its event loop that took long. Instants are milliseconds on the
// machine's monotonic clock, which processes share.
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';

const maxNotes = 20_000;
const longTurnMs = 4;
const nanosPerMilli = 1e6;
const offsetMs = Number(process.hrtime.bigint()) / nanosPerMilli - performance.now();
const kindsOfCollection = { 1: 'scavenge', 2: 'scavenge', 4: 'mark-sweep', 8: 'incremental', 16: 'weak' };

/** Milliseconds on the clock that all processes of the machine share. */
export function nowMs() {
  return performance.now() + offsetMs;
}

/**
 * @returns how long a thread has been ready to run and had no core, in milliseconds: the second figure of schedstat, which
 * Linux has. 0 elsewhere.
 */
export function waitedIn(path) {
  if (!existsSync(path)) return () => 0;
  const text = Buffer.alloc(100);
  const file = openSync(path, 'r');
  return () => {
    const length = readSync(file, text, 0, text.length, 0);
    return Number(text.toString('latin1', 0, length).split(' ')[1]) / nanosPerMilli;
  };
}

/** Begins to take notes. @returns a function that gives those since an instant. */
export function takeNotes() {
  const waitedMs = waitedIn('/proc/self/schedstat');
  const notes = [];
  const note = (kind, of, more = {}) => {
    if (notes.length >= maxNotes) notes.splice(0, maxNotes / 2);
    notes.push({ atMs: nowMs(), waitedMs: waitedMs(), kind, of, ...more });
  };

  const idOf = ({ method, url, headers }) => headers['x-login'] ?? `${method} ${url}`;
  subscribe('http.server.request.start', ({ request }) => note('asked', idOf(request)));
  subscribe('http.server.response.finish', ({ request }) => note('answered', idOf(request)));
  const callOf = ({ request: { method, path } }) => `${method} ${path}`;
  subscribe('undici:request:create', (call) => note('calls', callOf(call)));
  subscribe('undici:client:sendHeaders', (call) => note('sent', callOf(call)));
  subscribe('undici:request:trailers', (call) => note('read', callOf(call)));

  new PerformanceObserver((list) => {
    for (const { startTime, duration, detail } of list.getEntries()) {
      const kind = kindsOfCollection[detail.kind] ?? `${detail.kind}`;
      note('collected', kind, { atMs: startTime + offsetMs, ms: duration });
    }
  }).observe({ entryTypes: ['gc'] });

  let lastMs = nowMs();
  let lastWaitedMs = waitedMs();
  const tick = () => {
    const ms = nowMs() - lastMs;
    const noCoreMs = waitedMs() - lastWaitedMs;
    if (ms > longTurnMs) note('turn', '', { atMs: lastMs, ms, noCoreMs });
    lastMs = nowMs();
    lastWaitedMs = waitedMs();
  };
  setInterval(tick, 1).unref();
  return (sinceMs) => notes.filter(({ atMs, ms = 0 }) => atMs + ms >= sinceMs);
}
