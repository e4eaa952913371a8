import type { Config, Secrets } from './config/config.js';
import { readConfigOfCommand } from './config/read-config.js';
import { systemClock } from './domain/ports/clock.js';
import { FusionAuth } from './fusionauth/fusionauth.js';
import { createLogger } from './observability/logger.js';
import { Telemetry } from './observability/telemetry.js';

/** A connection for a command, to the FusionAuth that the variables of the service name. */
export interface PolicyConnection extends AsyncDisposable {
  readonly config: Config;
  readonly fusionAuth: FusionAuth;
  readonly telemetry: Telemetry;
}

const maxResponseBytes = 64 * 1_024 * 1_024;

/** @throws Error that names each variable at fault, or FUSIONAUTH_URL when that is not set. */
export async function connectForPolicy(env: Readonly<Record<string, string | undefined>>): Promise<PolicyConnection> {
  const parsed = await readConfigOfCommand(env);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const { config, secrets } = parsed;
  const { url } = config.fusionAuth;
  if (url === null) throw new Error('FUSIONAUTH_URL: is not set: this command asks a FusionAuth');
  const telemetry = silentTelemetry();
  const fusionAuth = openFusionAuth(config, secrets, url, telemetry);
  return { config, fusionAuth, telemetry, [Symbol.asyncDispose]: () => fusionAuth[Symbol.asyncDispose]() };
}

/** Telemetry for a command, which reports through its output alone. */
export function silentTelemetry(): Telemetry {
  return new Telemetry(createLogger('silent', { write: () => undefined }), systemClock);
}

/** A connection to FusionAuth for a command. It calls nothing yet. */
export function openFusionAuth(
  config: Config,
  { fusionAuthApiKey: apiKey }: Pick<Secrets, 'fusionAuthApiKey'>,
  baseUrl: string,
  telemetry: Telemetry,
): FusionAuth {
  return new FusionAuth({
    ...config.fusionAuth,
    baseUrl,
    apiKey,
    retryBaseDelayMs: 50,
    maxResponseBytes,
    clock: systemClock,
    telemetry,
  });
}
