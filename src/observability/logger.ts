import { type DestinationStream, type Logger, pino } from 'pino';
import type { AuditLog } from '../domain/audit.js';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

/**
 * One JSON object a line, to standard output unless told otherwise. Secrets are not logged in the first place; the
 * redaction is a second net under members by which they commonly travel.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redactedPaths, censor: '[redacted]' },
    hooks: { streamWrite: withoutInvisible },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * JSON escapes only the control characters below the space. Terminals obey others as well, such as U+009B, and marks of
 * direction show a line otherwise than it is: whatever is not seen is escaped, which means the same to a parser.
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
 * written at any level but `silent`: a service told to log less must not lose them.
 */
export function createAuditLog(parent: Logger): AuditLog {
  const level = parent.level === 'silent' || parent.isLevelEnabled('info') ? parent.level : 'info';
  const logger = parent.child({}, { level });
  return {
    record({ at, cause, ...entry }) {
      const line = { requestId: entry.requestId, audit: { ...entry, at: new Date(at).toISOString() } };
      if (cause === null) logger.info(line, 'audit');
      else logger.warn({ ...line, err: cause }, 'audit');
    },
  };
}
