import type { DestinationStream, Logger } from 'pino';
import type { LoopTurns } from '../application/operation/loop-turns.js';
import type { Config, Secrets } from '../config/config.js';
import type { Clock } from '../domain/ports/clock.js';
import type { Metrics } from '../observability/metrics.js';
import type { Telemetry } from '../observability/telemetry.js';

/** The parts that every other part of the service is built on. */
export interface Foundation {
  readonly config: Config;
  readonly secrets: Secrets;
  /** The address of FusionAuth: the configured one, or that of the emulator of a demo. */
  readonly fusionAuthUrl: string;
  readonly clock: Clock;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsedMs: () => number;
  /** Turns of the event loop. */
  readonly turns: LoopTurns;
  readonly telemetry: Telemetry;
  /** Null where no management server offers them. */
  readonly metrics: Metrics | null;
  readonly version: string;
  /** For the log lines of libraries. The service itself reports through the telemetry. */
  readonly logger: Logger;
  /** How long fetching FusionAuth's keys may take while a caller waits to be recognised, in milliseconds. */
  readonly keyFetchTimeoutMs: number;
  /** Where log lines go. */
  readonly output: DestinationStream;
}
