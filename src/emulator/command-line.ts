import { parseArgs } from 'node:util';
import { type SearchEngine, searchEngines } from './context.js';
import { demoPassword, seedDemo } from './demo-data.js';
import { type Emulator, startEmulator } from './emulator.js';
import { describeRefusal, type KickstartRefusal, runKickstart } from './kickstart/kickstart.js';
import { readKickstart } from './kickstart/read-kickstart.js';

/** The port FusionAuth itself listens on. */
const defaultPort = 9_011;

const usage = `Usage: fusionauth-sessions emulator [options]
  --port N          port to listen on, 0 for any free one (default ${defaultPort})
  --host ADDRESS    address to listen on (default 127.0.0.1)
  --api-key KEY     the first API key (default: the kickstart's, or random)
  --kickstart FILE  carry out a FusionAuth kickstart file
  --watch           start anew when the kickstart file changes
  --strict          refuse what would be kept as a document without effect
  --search ENGINE   which of FusionAuth's engines searches users: elasticsearch (default) or database
  --control         let tests reset, save and load the state under /emulator/control
  --demo            add demo applications, users and sessions
  --help            show this text
`;

/** What the arguments ask for. */
export interface CommandLine {
  readonly port: number;
  readonly host: string;
  readonly apiKey: string | undefined;
  readonly kickstart: string | undefined;
  readonly isWatching: boolean;
  readonly isStrict: boolean;
  readonly hasControl: boolean;
  readonly searchEngine: SearchEngine;
  readonly demo: boolean;
}

/** Kickstart requests were refused. The message has a line for each. */
class KickstartRefusedError extends Error {
  override readonly name = 'KickstartRefusedError';

  constructor(file: string, refusals: readonly KickstartRefusal[]) {
    super(refusals.map((refusal) => describeRefusal(file, refusal)).join('\n'));
  }
}

/**
 * Reads the arguments. Undefined when they ask for help, which is written then.
 *
 * @throws Error for an unknown argument, a bad port or search engine, and `--watch` without a file to watch.
 */
export function parseCommandLine(args: readonly string[], write: (text: string) => void): CommandLine | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: `${defaultPort}` },
      host: { type: 'string', default: '127.0.0.1' },
      'api-key': { type: 'string' },
      kickstart: { type: 'string' },
      watch: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      control: { type: 'boolean', default: false },
      search: { type: 'string', default: 'elasticsearch' },
      demo: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    write(usage);
    return undefined;
  }
  if (values['api-key'] === '') {
    throw new Error('--api-key must not be empty');
  }
  if (values.watch && values.kickstart === undefined) {
    throw new Error('--watch needs --kickstart FILE: there is nothing else to watch');
  }
  return {
    port: parsePort(values.port),
    host: values.host,
    apiKey: values['api-key'],
    kickstart: values.kickstart,
    isWatching: values.watch,
    isStrict: values.strict,
    hasControl: values.control,
    searchEngine: parseSearchEngine(values.search),
    demo: values.demo,
  };
}

/**
 * Starts an emulator as the command line says and writes how to reach it, and what of the kickstart it keeps without
 * effect.
 *
 * @throws KickstartError for a kickstart file that cannot be read, KickstartRefusedError for one with refused requests,
 * the listen error for a busy port. Nothing runs then.
 */
export async function startFromCommandLine(
  command: CommandLine,
  environment: Readonly<Record<string, string | undefined>>,
  write: (text: string) => void,
): Promise<Emulator> {
  const kickstart = command.kickstart === undefined ? undefined : readKickstart(command.kickstart, environment);
  const apiKey = command.apiKey ?? kickstart?.apiKey;
  const emulator = await startEmulator({
    host: command.host,
    port: command.port,
    isStrict: command.isStrict,
    hasControl: command.hasControl,
    searchEngine: command.searchEngine,
    onKept: (name) => write(`Kept without effect: ${name}\n`),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(kickstart === undefined
      ? {}
      : { tenantId: kickstart.tenantId, tenantManagerApplicationId: kickstart.tenantManagerApplicationId }),
  });
  try {
    const onWithoutEffect = (name: string) => write(`Passed over, as the emulator does not have it: ${name}\n`);
    const refusals =
      kickstart === undefined
        ? []
        : await runKickstart(emulator, kickstart, command.isStrict ? undefined : onWithoutEffect);
    if (kickstart !== undefined && refusals.length > 0) {
      throw new KickstartRefusedError(kickstart.file, refusals);
    }
    const demo = command.demo ? describeDemo(emulator) : '';
    if (command.hasControl) {
      await emulator.state.keepAsStart();
    }
    write(`FusionAuth emulator on ${emulator.url}\nAPI key ${emulator.apiKey}\n${demo}`);
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

function parseSearchEngine(text: string): SearchEngine {
  const engine = searchEngines.find((known) => known === text);
  if (engine === undefined) {
    throw new Error(`--search must be ${searchEngines.join(' or ')}, not "${text}"`);
  }
  return engine;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${text}"`);
  }
  return port;
}
