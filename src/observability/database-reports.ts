import type { Logger } from 'pino';

/** What is logged of the database. Errors of statements name tables and codes, never values. */
export function databaseReports(logger: Logger) {
  return {
    onAvailability(isAvailable: boolean, cause: unknown) {
      if (isAvailable) logger.info('the database can be reached again');
      else logger.error({ err: cause }, 'the database cannot be reached: revocations are kept and published later');
    },
    onRestart: (reason: string) =>
      logger.warn({ reason }, 'published events may be lost: all that is known is read again, and streams end'),
    onUnshared: (error: unknown) => logger.warn({ err: error }, 'sessions are ended without telling other replicas'),
    onFailure: (error: unknown) => logger.warn({ err: error }, 'the database could not be kept in order'),
  };
}
