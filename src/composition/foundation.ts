import type { DestinationStream, Logger } from 'pino';
import type { LoopTurns } from '../application/operation/loop-turns.js';
import type { Config, Secrets } from '../config/config.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Metrics } from '../observability/metrics.js';
import type { Telemetry } from '../observability/telemetry.js';

/** What every part of the service is built on. */
export interface Foundation {
  readonly config: Config;
  readonly secrets: Pick<
    Secrets,
    'fusionAuthApiKey' | 'serviceKeys' | 'demoServiceKey' | 'webhook' | 'console' | 'databaseUrl'
  >;
  /** Where FusionAuth is: that of the configuration, or of an emulator. */
  readonly fusionAuthUrl: string;
  readonly clock: Clock;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /** Of the event loop. */
  readonly turns: LoopTurns;
  readonly telemetry: Telemetry;
  /** Null where nobody can read them. */
  readonly metrics: Metrics | null;
  readonly version: string;
  /** For what libraries say. All else is said through the telemetry. */
  readonly logger: Logger;
  /** How long fetching FusionAuth's keys may take while a caller waits to be recognised, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
  /** Where log lines go. */
  readonly output: DestinationStream;
}
