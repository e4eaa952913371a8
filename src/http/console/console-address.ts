import type { FastifyRequest } from 'fastify';

/** Where the console is, as browsers see it. */
export interface ConsoleAddress {
  /** Without a slash at the end. Null: below whichever name of this machine a browser uses, for a demo. */
  readonly url: string | null;
  /** The prefix of every path where browsers see the service; empty for none. */
  readonly basePath: string;
}

/** Where the console is for a request, without a slash at the end; null for one by a name that is not its own. */
export function consoleUrlFor({ url, basePath }: ConsoleAddress, { headers }: FastifyRequest): string | null {
  if (url !== null) return url;
  const { host = '' } = headers;
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host) ? `http://${host}${basePath}/console` : null;
}

/**
 * Whether a request was made by a page of the console's own origin, by what browsers say and pages cannot. One of them
 * is enough, because older browsers send only the second, and another request than a browser's neither.
 * @see https://www.w3.org/TR/fetch-metadata/ and RFC 6454 section 7
 */
export function isFromOwnPages({ headers }: FastifyRequest, consoleUrl: string): boolean {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined && origin !== new URL(consoleUrl).origin) return false;
  return site !== undefined || origin !== undefined;
}
