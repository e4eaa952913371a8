import type { Logger } from 'pino';

/** What came of one check, as far as the log is concerned. */
export interface CheckLine {
  readonly check: string;
  readonly state: 'ok' | 'wrong' | 'unknown';
  readonly isEssential: boolean;
  readonly message: string;
}

/** One readable line for each check. */
export function logCheck(logger: Logger, { check, state, isEssential, message }: CheckLine): void {
  const line = { check, state };
  if (state === 'ok') logger.info(line, message);
  else if (state === 'wrong' && isEssential) logger.error(line, message);
  else logger.warn(line, message);
}

/** What the connection to FusionAuth reports beside its answers, as lines of the log. */
export function fusionAuthReports(logger: Logger) {
  return {
    onSettingsUnavailable: (error: unknown) => logger.warn({ err: error }, 'settings unavailable: expiry is not known'),
    onSettingsStale: (error: unknown) =>
      logger.warn({ err: error }, 'settings could not be read anew: older ones are used'),
    onClockSkew: (skewMs: number) =>
      logger.warn(
        { skewSeconds: Math.round(skewMs / 1_000) },
        'the clocks of FusionAuth and this service differ: synchronise them; until then it is allowed for',
      ),
  };
}
