import { runEmulator } from './process.js';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
process.exitCode = await runEmulator(process.argv.slice(2), process.env, stop.signal);
