import type { AddressInfo } from 'node:net';

/** The URL at which a server listens, without a trailing slash. */
export function listeningUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
