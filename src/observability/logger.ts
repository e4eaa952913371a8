import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { AuditLog } from '../domain/ports/audit-log.js';
import { LineSink } from './line-sink.js';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

/**
 * One JSON object a line. Secrets are not logged in the first place; the redaction of members that commonly hold them is
 * a second net.
 */
export function createLogger(level: LogLevel, destination: DestinationStream): Logger {
  return pino({ ...lineOptions, level, redact: { paths: redactedPaths, censor: '[redacted]' } }, destination);
}

const lineOptions: LoggerOptions = {
  base: null,
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  hooks: { streamWrite: withoutInvisible },
  formatters: { level: (label: string) => ({ level: label }) },
};

/**
 * JSON escapes only the control characters below the space. Terminals also obey others, such as U+009B, and marks of
 * direction change how a line is shown. Invisible characters are escaped, which means the same to a parser.
 */
function withoutInvisible(line: string): string {
  return line.replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

const secretMembers = ['authorization', 'cookie', 'apiKey', 'token', 'refreshToken', 'access_token', 'refresh_token'];
const redactedPaths = secretMembers.flatMap((member) => [member, `*.${member}`, `*.*.${member}`]);

/**
 * Audit records as log lines with the message `audit`; a failed revocation is a warning, with its cause. They are
 * written at any level but `silent`: a service told to log less must not lose them. They consist of members that never
 * hold a secret, and are not redacted, which would cost more than all the rest of such a line.
 */
export function createAuditLog(level: LogLevel, destination: DestinationStream): AuditLog {
  const sink = destination instanceof LineSink ? destination : null;
  const records: DestinationStream = sink === null ? destination : { write: (line) => sink.writeRecord(line) };
  const isQuieter = level === 'fatal' || level === 'error' || level === 'warn';
  const logger = pino({ ...lineOptions, level: isQuieter ? 'info' : level }, records);
  return {
    record({ at, cause, ...entry }) {
      const line = { requestId: entry.requestId, audit: { ...entry, at: new Date(at).toISOString() } };
      if (cause === null) logger.info(line, 'audit');
      else logger.warn({ ...line, err: cause }, 'audit');
    },
    written: async () => (sink === null ? true : await sink.written()),
  };
}
