import { parseArgs } from 'node:util';
import { demoPassword, seedDemo } from './demo-data.js';
import { type Emulator, startEmulator } from './emulator.js';
import { readKickstart, runKickstart } from './kickstart/kickstart.js';

/** The port FusionAuth itself listens on. */
const defaultPort = 9_011;

const usage = `Usage: fusionauth-sessions emulator [options]
  --port N          port to listen on, 0 for any free one (default ${defaultPort})
  --host ADDRESS    address to listen on (default 127.0.0.1)
  --api-key KEY     the first API key (default: the kickstart's, or random)
  --kickstart FILE  carry out a FusionAuth kickstart file
  --demo            add demo applications, users and sessions
  --help            show this text
`;

/**
 * Starts an emulator as the arguments say and writes how to reach it. Undefined when the arguments ask for help.
 *
 * @throws Error for an unknown argument, a bad port, a kickstart file that cannot be carried out, or a busy port.
 */
export async function startFromCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  write: (text: string) => void,
): Promise<Emulator | undefined> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: `${defaultPort}` },
      host: { type: 'string', default: '127.0.0.1' },
      'api-key': { type: 'string' },
      kickstart: { type: 'string' },
      demo: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    write(usage);
    return undefined;
  }
  const kickstart = values.kickstart === undefined ? undefined : readKickstart(values.kickstart, environment);
  const apiKey = kickstart?.apiKey ?? values['api-key'];
  const emulator = await startEmulator({
    host: values.host,
    port: parsePort(values.port),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(kickstart === undefined ? {} : { tenantId: kickstart.tenantId }),
  });
  try {
    if (kickstart !== undefined) {
      await runKickstart(emulator, kickstart);
    }
    write(`FusionAuth emulator on ${emulator.url}\nAPI key ${emulator.apiKey}\n`);
    if (values.demo) {
      write(describeDemo(emulator));
    }
  } catch (error) {
    await emulator[Symbol.asyncDispose]();
    throw error;
  }
  return emulator;
}

function describeDemo(emulator: Emulator): string {
  const { applications, users } = seedDemo(emulator.store);
  const lines = [
    ...applications.map(({ id, name }) => `Application ${id} ${name}`),
    ...users.map(({ id, email }) => `User ${id} ${email}, password "${demoPassword}"`),
  ];
  return `${lines.join('\n')}\n`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${text}"`);
  }
  return port;
}
