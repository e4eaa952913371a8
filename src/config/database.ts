import type { z } from 'zod';
import type { environment } from './environment.js';
import { isLoopback } from './loopback.js';

/** The database that replicas share. Its URL, which holds a password, is among the secrets. */
export interface DatabaseConfig {
  readonly tls: 'off' | 'unverified' | 'verified';
  readonly schema: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** How long the database may be away before subscribers are cut off. */
  readonly outageToleranceMs: number;
  /** How long entries of the history are kept. */
  readonly historyRetentionMs: number;
}

type Values = z.output<typeof environment>;

/** Null when each process remembers for itself. */
export function databaseOf(values: Values): DatabaseConfig | null {
  const { DATABASE_URL: url } = values;
  if (url === undefined) return null;
  return {
    tls: values.DATABASE_TLS ?? (isOfThisMachine(new URL(url)) ? 'off' : 'verified'),
    schema: values.DATABASE_SCHEMA,
    poolSize: values.DATABASE_POOL_SIZE,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    outageToleranceMs: values.DATABASE_OUTAGE_TOLERANCE_SECONDS * 1_000,
    historyRetentionMs: values.HISTORY_RETENTION_DAYS * 86_400_000,
  };
}

/** The host of a URL may be the folder of a socket, with each slash as %2F. PostgreSQL never encrypts there. */
function isOfThisMachine({ hostname }: URL): boolean {
  return isLoopback(hostname) || /^%2f/i.test(hostname);
}

/** Problems of variables that have no effect without a database. */
export function databaseContradictions(env: Readonly<Record<string, unknown>>): readonly string[] {
  if (env['DATABASE_URL'] !== undefined) return [];
  return ofDatabase
    .filter((name) => env[name] !== undefined)
    .map((name) => `${name}: has no effect without DATABASE_URL`);
}

const ofDatabase = [
  'DATABASE_TLS',
  'DATABASE_SCHEMA',
  'DATABASE_POOL_SIZE',
  'DATABASE_STATEMENT_TIMEOUT_MS',
  'DATABASE_CONNECT_TIMEOUT_MS',
  'DATABASE_OUTAGE_TOLERANCE_SECONDS',
  'HISTORY_RETENTION_DAYS',
];
