import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The address from which requests come: the other end of the connection, or the one that trusted proxies name. */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** @param trustedProxies Addresses, and subnets such as `10.0.0.0/8`. */
  constructor(trustedProxies: readonly string[]) {
    for (const entry of trustedProxies) {
      const [address = '', prefix] = entry.split('/');
      if (prefix === undefined) this.#trusted.addAddress(address, versionOf(address));
      else this.#trusted.addSubnet(address, Number(prefix), versionOf(address));
    }
  }

  isTrusted(address: string): boolean {
    return isIP(address) !== 0 && this.#trusted.check(address, versionOf(address));
  }

  /**
   * The address nearest to the client that can be trusted. Each proxy appends the address it was called from, so the
   * list is read from its end, as far as trusted proxies have written it. A text that is no address ends it.
   * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#selecting_an_ip_address
   */
  of({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    let believed = plainAddress(socket.remoteAddress ?? '');
    let unread = headers['x-forwarded-for'];
    // Node.js joins several headers of this name.
    while (typeof unread === 'string' && this.isTrusted(believed)) {
      const comma = unread.lastIndexOf(',');
      const address = plainAddress(unread.slice(comma + 1).trim());
      if (isIP(address) === 0) break;
      believed = address;
      unread = comma === -1 ? undefined : unread.slice(0, comma);
    }
    return believed;
  }
}

/**
 * The network to which a limit by address applies. A client with one IPv6 address has at least 2^64 of them, so one
 * limit holds for a whole network of 64 bits.
 */
export function limitedNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const network = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

function versionOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

/** Strips the port that some proxies append and the zone, and turns an IPv4 address in IPv6 form into plain IPv4. */
function plainAddress(text: string): string {
  const withoutPort = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
  const withoutZone = withoutPort.replace(/%.*$/, '').toLowerCase();
  return /^::ffff:([\d.]+)$/.exec(withoutZone)?.[1] ?? withoutZone;
}
