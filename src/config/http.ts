import type { z } from 'zod';
import type { environment } from './environment.js';

type Values = z.output<typeof environment>;

/** The address of the service, and the limits of connections. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Null: no management server. */
  readonly managementPort: number | null;
  readonly maxBodyBytes: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** How long a connection is kept on which no request comes. */
  readonly keepAliveTimeoutMs: number;
  readonly maxConnections: number;
  /**
   * Addresses and subnets of proxies that are trusted to name the client's address. Null when that is not configured.
   */
  readonly trustedProxies: readonly string[] | null;
  /** The prefix of every path where clients see the service; empty for none. */
  readonly basePath: string;
  /** How many connections one address may have, and how many of its credentials may be refused in an interval. */
  readonly maxAddressConnections: number;
  readonly maxAddressRefusals: number;
  /** How many bytes of answers may wait for their clients to read them. */
  readonly maxUnreadBytes: number;
  /** How long a client may leave an answer unread. */
  readonly writeTimeoutMs: number;
  /** Origins whose pages may call from a browser. Null for the service's own only. */
  readonly corsOrigins: readonly string[] | null;
  /** Names of headers, in lower case, that pages of these origins may send besides the usual ones. */
  readonly corsHeaders: readonly string[];
  /** How long the service serves everything after SIGTERM, while readiness fails. */
  readonly drainMs: number;
  /** How long requests in flight may take to finish after that. */
  readonly shutdownTimeoutMs: number;
}

/** Longer than balancers, which probe every second or two, take to notice that a replica is not ready. */
const productionDrainMs = 5_000;

export function httpOf(values: Values): HttpConfig {
  return {
    host: values.HOST,
    port: values.PORT,
    managementPort: values.MANAGEMENT_PORT ?? null,
    maxBodyBytes: values.MAX_BODY_BYTES,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: values.KEEP_ALIVE_TIMEOUT_MS,
    maxConnections: values.MAX_CONNECTIONS,
    trustedProxies: values.TRUSTED_PROXIES ?? null,
    basePath: values.BASE_PATH ?? '',
    maxAddressConnections: values.MAX_ADDRESS_CONNECTIONS,
    maxAddressRefusals: values.MAX_ADDRESS_REFUSALS,
    maxUnreadBytes: values.MAX_UNREAD_BYTES,
    writeTimeoutMs: values.WRITE_TIMEOUT_MS,
    corsOrigins: values.CORS_ORIGINS ?? null,
    corsHeaders: values.CORS_HEADERS ?? [],
    drainMs: values.DRAIN_MS ?? (values.NODE_ENV === 'production' ? productionDrainMs : 0),
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
  };
}
