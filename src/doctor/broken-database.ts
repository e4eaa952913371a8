import { certificateFault } from '../fusionauth/certificate-fault.js';

/** Why a database cannot be used, and what to do: a line that holds neither user nor password. */
export function explainBrokenDatabase(error: unknown, url: string): string {
  const code = codeOf(error);
  return (
    knownDatabaseFault(error, url) ??
    `${placeOf(url)} cannot be used${code === '' ? '' : ` (${code})`}. Check address, port and DATABASE_TLS.`
  );
}

/**
 * The same where the error shows the fault; null for any other error.
 *
 * The message of a server may repeat the text of a statement, so only its code is looked at.
 */
export function knownDatabaseFault(error: unknown, url: string): string | null {
  const place = placeOf(url);
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : '';
  switch (code === protocolViolation ? codeOfPooler(message) : code) {
    case 'ENOTFOUND':
      return `${place} names a host that does not exist. Check the name.`;
    case 'EAI_AGAIN':
      return `${place}: the name cannot be looked up now. Check DNS.`;
    case 'ECONNREFUSED':
    // There is no such socket.
    case 'ENOENT':
      return `${place}: nothing listens there. Start the database, or check host and port.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${place} cannot be reached (${code}). Check address, port and firewalls.`;
    case '28P01':
      return `${place} refuses the password, or has no such role. Check user and password.`;
    case '28000':
      return `${place} does not let this role in from here. Check the role, and pg_hba.conf.`;
    case '3D000':
      return `${place}: there is no database of this name. Make it, or check the name.`;
    case '53300':
      return `${place} has no connection left. Raise max_connections, or the CONNECTION LIMIT of the role or the database.`;
    case '53100':
      return `${place} has no room on its disk. Make room.`;
    case '25006':
      return `${place} takes no writes. Name the primary, or set default_transaction_read_only to off.`;
    case '57014':
    case '55P03':
      return `${place} is held up (${code}): a statement took too long, as where somebody locks a table. Look for the lock in pg_stat_activity, or raise DATABASE_STATEMENT_TIMEOUT_MS.`;
    case '3F000':
    case '42P01':
    case '42703':
    case '42883':
      return `${place} lacks something that a migration has made (${code}). Restore a backup, or name another schema in DATABASE_SCHEMA.`;
    case '57P03':
      return `${place} is starting, or recovering. Try again in a moment.`;
    case '42501':
      return `${place} refuses a statement (42501): the role lacks a right. Let it own its database or schema.`;
    case unsupportedParameter:
      return `${place} is a pooler that refuses a parameter. For PgBouncer, set ignore_startup_parameters = statement_timeout.`;
    case protocolViolation:
      return `${place} ends the connection (${code}), as a pooler does that cannot serve it. Look for the cause in its log.`;
    default:
  }
  if (/does not support SSL/.test(message)) {
    return `${place} does not speak TLS: set DATABASE_TLS=off where the network is trusted, or switch ssl on.`;
  }
  const fault = certificateFault(code);
  if (fault !== null) return `${place}: ${fault}`;
  if (code === '' && /timeout/i.test(message))
    return `${place} does not answer in time. Check address, port and firewalls.`;
  if (code === 'ECONNRESET' || /terminated unexpectedly/.test(message)) {
    return `${place} breaks the connection off, as a server that is no PostgreSQL does. Check host, port and DATABASE_TLS.`;
  }
  return null;
}

/** The one code that PgBouncer gives to all faults; PostgreSQL gives it to hardly any. */
const protocolViolation = '08P01';
const unsupportedParameter = 'unsupported startup parameter';

/** The code that PostgreSQL has for a fault that PgBouncer tells apart by its message alone. */
function codeOfPooler(message: string): string {
  if (message.startsWith(unsupportedParameter)) return unsupportedParameter;
  if (/authentication failed|^no such user/.test(message)) return '28P01';
  return /^no such database|^database ".*" does not exist$/.test(message) ? '3D000' : protocolViolation;
}

/** Host, port and name, and neither user nor password. */
function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `DATABASE_URL (${hostname}:${port || 5432}${pathname})`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? `${error.code}` : '';
}
