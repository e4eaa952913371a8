import type { FastifyRequest } from 'fastify';

/** The address of the console, as browsers see it. */
export interface ConsoleAddress {
  /** Without a trailing slash. Null for a demo: the console is below any name of this machine that a browser uses. */
  readonly url: string | null;
  /** The prefix of every path where browsers see the service; empty for none. */
  readonly basePath: string;
}

/**
 * The address of the console for a request, without a trailing slash; null for a request by a name that is not the
 * console's.
 */
export function consoleUrlFor({ url, basePath }: ConsoleAddress, { headers }: FastifyRequest): string | null {
  if (url !== null) return url;
  const { host = '' } = headers;
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host) ? `http://${host}${basePath}/console` : null;
}

/**
 * Whether a page of the console's own origin made a request, by headers that pages cannot set. One of the two suffices,
 * because older browsers send only the second.
 * @see https://www.w3.org/TR/fetch-metadata/ and RFC 6454 section 7
 */
export function isFromOwnPages({ headers }: FastifyRequest, consoleUrl: string): boolean {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined && origin !== new URL(consoleUrl).origin) return false;
  return site !== undefined || origin !== undefined;
}
