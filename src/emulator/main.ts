import { startFromCommandLine } from './command-line.js';

const emulator = await startFromCommandLine(process.argv.slice(2), process.env, (text) => process.stdout.write(text));

if (emulator !== undefined) {
  const stop = () => void emulator[Symbol.asyncDispose]();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
