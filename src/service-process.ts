import { once } from 'node:events';
import { demoBanner, developmentKeyBanner } from './banner.js';
import type { Config, Secrets } from './config/config.js';
import { type LoadedConfig, loadConfig } from './config/load-config.js';
import { StartRefusedError } from './domain/start-refused-error.js';
import type { Service } from './server.js';

/**
 * Runs the service from its environment until it is stopped.
 * @param stop Aborted when the service is to stop, with the name of the signal. A start under way is given up then.
 * @returns the exit code: 0 after a stop, also one during the start.
 */
export async function runService(
  env: Readonly<Record<string, string | undefined>>,
  stop: AbortSignal,
): Promise<number> {
  let config: Config | null = null;
  try {
    const loaded = await loadConfig(env, stop);
    if (!loaded.ok) {
      return failed(
        ['The configuration is not usable:', ...loaded.problems.map((problem) => `  ${problem}`)].join('\n'),
      );
    }
    config = loaded.config;
    await serve(loaded, stop);
    return 0;
  } catch (error) {
    if (stop.aborted && error === stop.reason) return 0;
    return failed(config === null ? unexpected(error) : explain(error, config));
  }
}

/** Starts the service and waits for the signal to stop. Closes all that is open then, or when the start fails. */
async function serve(loaded: LoadedConfig & { readonly ok: true }, stop: AbortSignal): Promise<void> {
  const { config, secrets, trustedDocuments, warnings } = loaded;
  stop.throwIfAborted();
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  // Loaded after the configuration, so that faults of the configuration are reported at once.
  const { createService } = await import('./server.js');
  stop.throwIfAborted();
  await using emulator = config.fusionAuth.url === null ? await startEmulator(config, secrets) : null;
  stop.throwIfAborted();
  const fusionAuthUrl = emulator?.url ?? config.fusionAuth.url;
  if (fusionAuthUrl === null) throw new TypeError('Neither a FusionAuth nor an emulator of one');
  await using service = await createService({ config, secrets, trustedDocuments, fusionAuthUrl, signal: stop });
  const { console } = config;
  if (console !== null && secrets.console !== null) {
    const { clientSecret } = secrets.console;
    emulator?.addConsole({
      clientId: console.clientId,
      clientSecret,
      redirectUrls: consoleUrlsOf(service.url, config),
    });
  }
  emulator?.sendEventsTo(`${service.url}/webhooks/fusionauth`);
  process.stdout.write(banner(secrets, service, emulator));
  const reload = () => void service.reload();
  process.on('SIGHUP', reload);
  if (!stop.aborted) await once(stop, 'abort');
  process.off('SIGHUP', reload);
  // An orchestrator that replaces the process sends SIGTERM; a person at a terminal sends SIGINT and does not want to
  // wait.
  if (stop.reason === 'SIGTERM') await service.drain();
}

/** Loaded only on demand, so that a service in front of a real FusionAuth carries none of it. */
async function startEmulator({ fusionAuth }: Config, { fusionAuthApiKey }: Secrets) {
  const { startDemoFusionAuth } = await import('./emulator/demo.js');
  return startDemoFusionAuth(fusionAuth.emulatorPort, fusionAuthApiKey);
}

/** The addresses of a demo's console, under every name by which people on this machine may open it. */
function consoleUrlsOf(url: string, { http: { basePath } }: Config): readonly string[] {
  const { port } = new URL(url);
  return ['127.0.0.1', 'localhost', '[::1]'].flatMap((host) => {
    const consoleUrl = `http://${host}:${port}${basePath}/console`;
    return [`${consoleUrl}/callback`, `${consoleUrl}/`];
  });
}

function banner(secrets: Secrets, { url }: Service, emulator: { readonly url: string } | null): string {
  const { demoServiceKey: serviceKey, fusionAuthApiKey } = secrets;
  if (serviceKey === null) return '';
  return emulator === null
    ? developmentKeyBanner(url, serviceKey)
    : demoBanner({
        url,
        serviceKey,
        fusionAuthUrl: emulator.url,
        fusionAuthApiKey,
        hasConsole: secrets.console !== null,
      });
}

function failed(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

function explain(error: unknown, { http, fusionAuth }: Config): string {
  if (error instanceof StartRefusedError) return error.message;
  if (!isSystemError(error)) return unexpected(error);
  const { code, syscall, port, hostname } = error;
  if (syscall === 'getaddrinfo' && hostname === http.host)
    return `HOST=${http.host} is the name of no machine that is known here (${code}).`;
  if (syscall !== 'listen') return unexpected(error);
  const isEmulator = fusionAuth.url === null && port === fusionAuth.emulatorPort && port !== http.port;
  if (!isEmulator && addressErrors.has(code)) {
    return `HOST=${http.host} is no address of this machine (${code}). Set HOST to one of its own, or 0.0.0.0 for all.`;
  }
  const isManagement = port === http.managementPort && port !== http.port;
  const [what, variable] = isEmulator
    ? ['emulated FusionAuth', 'EMULATOR_PORT']
    : isManagement
      ? ['management server', 'MANAGEMENT_PORT']
      : ['service', 'PORT'];
  const problem = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
  return `Port ${port} for the ${what} ${problem}. Set ${variable} to another one.`;
}

/** Errors of the address, which another port would not mend. */
const addressErrors: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

function unexpected(error: unknown): string {
  // A deployment that replaces the folder of a program leaves shells in one that is gone.
  if (isSystemError(error) && error.syscall === 'uv_cwd')
    return 'The working directory does not exist any more. Start the service in another one.';
  return `The service could not go on: ${error instanceof Error ? error.stack : error}`;
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly port?: number;
  readonly hostname?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
