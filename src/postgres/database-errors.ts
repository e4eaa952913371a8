import pg from 'pg';

/** Whether an open connection was cut, and did not end by a timeout. */
export function isCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : null;
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === '57P01' ||
    /^Connection terminated unexpectedly|^Client (has encountered a connection error|was closed) and/.test(
      error.message,
    )
  );
}

/**
 * Whether the server refused one more connection: it has none left, or another password since the others were opened.
 * PgBouncer has no code for the former, and names the setting that is reached.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 * @see https://www.pgbouncer.org/config.html
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  return (
    /^(53300|28)/.test(error.code ?? '') || /\(max_(client_conn|(db|user)_client_connections)\)$/.test(error.message)
  );
}

/** Whether a statement failed because of another one at the same moment, as where the role has a `lock_timeout`. */
export function isAboutOthers(error: unknown): boolean {
  return error instanceof pg.DatabaseError && ['55P03', '40001', '40P01'].includes(error.code ?? '');
}

/**
 * Whether an error is about the server, and not about this statement alone.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isAboutTheServer(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return true;
  // Connections, resources, shutdown, read-only, system errors; and a missing schema.
  return /^(08|53|55000|57P|58|25006|28|3D|3F|42P01|42883|42501|XX)/.test(error.code);
}

/** Whether the server is there and answers, and does not do what it is asked, as with a full disk. */
export function isRefusalOfWork(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !isRefusal(error) && !/^(08|57P)/.test(error.code ?? '');
}
