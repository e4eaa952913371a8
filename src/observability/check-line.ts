import type { Logger } from 'pino';

/** The result of one check, as far as the log is concerned. */
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
