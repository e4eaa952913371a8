import { demoBanner, developmentKeyBanner } from './banner.js';
import { type Config, parseConfig, type Secrets } from './config/config.js';
import { createService, type Service } from './server.js';

/** The process: environment, configuration, start, wait for a signal, stop. The only reader of `process.env`. */
const parsed = parseConfig(process.env);
if (parsed.ok) {
  await run(parsed.config, parsed.secrets);
} else {
  fail(['The configuration is not usable:', ...parsed.problems.map((problem) => `  ${problem}`)].join('\n'));
}

async function run(config: Config, secrets: Secrets): Promise<void> {
  const running: AsyncDisposable[] = [];
  const stop = async () => {
    for (const item of running.splice(0).reverse()) {
      // One that cannot be stopped must not keep the others running.
      try {
        await item[Symbol.asyncDispose]();
      } catch (error) {
        fail(`Stopping failed: ${error}`);
      }
    }
  };
  onSignal(stop);
  try {
    const emulator = config.fusionAuth.url === null ? await startEmulator(config, secrets) : null;
    if (emulator !== null) running.push(emulator);
    const fusionAuthUrl = emulator?.url ?? config.fusionAuth.url;
    if (fusionAuthUrl === null) throw new TypeError('Neither a FusionAuth nor an emulator of one');
    const service = await createService({ config, secrets, fusionAuthUrl });
    running.push(service);
    emulator?.sendEventsTo(`${service.url}/webhooks/fusionauth`);
    process.stdout.write(banner(secrets, service, emulator));
  } catch (error) {
    await stop();
    fail(explain(error, config));
  }
}

/** Loaded only on demand, so that a service in front of a real FusionAuth carries none of it. */
async function startEmulator({ fusionAuth }: Config, { fusionAuthApiKey }: Secrets) {
  const { startDemoFusionAuth } = await import('./emulator/demo.js');
  return startDemoFusionAuth(fusionAuth.emulatorPort, fusionAuthApiKey);
}

function banner(secrets: Secrets, { url }: Service, emulator: { readonly url: string } | null): string {
  const { demoServiceKey: serviceKey, fusionAuthApiKey } = secrets;
  if (serviceKey === null) return '';
  return emulator === null
    ? developmentKeyBanner(url, serviceKey)
    : demoBanner({ url, serviceKey, fusionAuthUrl: emulator.url, fusionAuthApiKey });
}

/** Calls `stop`, which does nothing the second time: npm and terminals send the same signal twice. */
function onSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop().then(exitIfOutputIsStuck));
}

/** What nobody reads from standard output would keep the process alive for ever. */
function exitIfOutputIsStuck(): void {
  if (process.stdout.writableLength > 0) process.exit();
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

function explain(error: unknown, { http, fusionAuth }: Config): string {
  if (!isListenError(error)) return `The service could not start: ${error instanceof Error ? error.stack : error}`;
  const { code, port } = error;
  const isEmulator = fusionAuth.url === null && port === fusionAuth.emulatorPort && port !== http.port;
  const [what, variable] = isEmulator ? ['emulated FusionAuth', 'EMULATOR_PORT'] : ['service', 'PORT'];
  const problem = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
  return `Port ${port} for the ${what} ${problem}. Set ${variable} to another one.`;
}

interface ListenError extends Error {
  readonly code: string;
  readonly port: number;
}

function isListenError(error: unknown): error is ListenError {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen' && 'port' in error;
}
