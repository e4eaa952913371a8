import { parseArgs } from 'node:util';
import { demoPassword, seedDemo } from './demo-data.js';
import { startEmulator } from './emulator.js';

/** The port FusionAuth itself listens on. */
const defaultPort = 9_011;

const usage = `Usage: node dist/emulator/main.js [options]
  --port N        port to listen on, 0 for any free one (default ${defaultPort})
  --host ADDRESS  address to listen on (default 127.0.0.1)
  --api-key KEY   the first API key (default random)
  --demo          add demo applications, users and sessions
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: `${defaultPort}` },
    host: { type: 'string', default: '127.0.0.1' },
    'api-key': { type: 'string' },
    demo: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(usage);
} else {
  await run();
}

async function run(): Promise<void> {
  const apiKey = values['api-key'];
  const emulator = await startEmulator({
    host: values.host,
    port: parsePort(values.port),
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const lines = [`FusionAuth emulator on ${emulator.url}`, `API key ${emulator.apiKey}`];
  if (values.demo) {
    const { applications, users } = seedDemo(emulator.store);
    lines.push(
      ...applications.map(({ id, name }) => `Application ${id} ${name}`),
      ...users.map(({ id, email }) => `User ${id} ${email}, password "${demoPassword}"`),
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  const stop = () => void emulator[Symbol.asyncDispose]();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${text}"`);
  }
  return port;
}
