import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { commaSeparated, positive, wholeNumber } from './kinds.js';

/** Proxies that are trusted to name the client's address: `none`, or addresses and subnets. */
const trustedProxies = z.union([
  z.literal('none').transform((): readonly string[] => []),
  commaSeparated.pipe(
    z
      .array(
        z.string().refine(isAddressOrSubnet, 'must be none, or addresses and subnets such as 10.0.0.0/8, fd00::/8'),
      )
      .min(1, 'must be none, or name at least one address')
      .max(100, 'must be none, or name at most 100 addresses'),
  ),
]);

/** A subnet of all addresses is refused, because every client could then choose its address. */
function isAddressOrSubnet(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  const bits = version === 4 ? 32 : 128;
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits && !holdsAllOfIPv4(address, Number(prefix), version);
}

/** Such as `::ffff:0:0/96`: addresses of IPv4 are among those of IPv6. */
function holdsAllOfIPv4(address: string, prefix: number, version: number): boolean {
  const subnet = new BlockList();
  subnet.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return subnet.check('0.0.0.0') && subnet.check('255.255.255.255');
}

/** Parts that need no encoding and that no proxy resolves. */
const basePath = z
  .string()
  .regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+){1,8}$/,
    'must begin with a slash and end without one, such as /sessions, of A-Z a-z 0-9 - . _ ~',
  )
  .max(200, 'must have at most 200 characters')
  .meta({ bounds: 'a path such as `/sessions`' });

export const networkVariables = {
  TRUSTED_PROXIES: trustedProxies.optional().meta({
    description:
      'Proxies whose `X-Forwarded-For` is trusted, separated by commas; `none` where clients connect directly. See [behind a proxy](../guides/behind-a-proxy.md).',
    unset: 'not known: no address limits anything',
    bounds: '`none`, or 1 to 100 addresses and subnets such as `10.0.0.0/8`',
  }),
  BASE_PATH: basePath.optional().meta({
    description:
      'The prefix of every path where clients see the service. A proxy may pass it on or strip it; probes work without it.',
    unset: 'nothing',
  }),
  MAX_CONNECTIONS: positive(1_000_000)
    .default(10_000)
    .describe('Connections at the same time; the service closes one more at once.'),
  MAX_ADDRESS_CONNECTIONS: positive(1_000_000)
    .default(500)
    .describe(
      'Connections of one address at the same time, those of proxies left out; the service closes one more at once. Needs `TRUSTED_PROXIES`.',
    ),
  MAX_ADDRESS_REFUSALS: positive(1_000_000)
    .default(100)
    .describe(
      'Credentials of one address that may be refused in `RATE_LIMIT_INTERVAL_SECONDS`; the service answers whatever follows in the interval with 429. Needs `TRUSTED_PROXIES`.',
    ),
  KEEP_ALIVE_TIMEOUT_MS: positive(3_600_000)
    .default(130_000)
    .describe(
      'How long a connection is kept without a request. Set it longer than the proxy in front keeps its own; the default suffices for nginx, Caddy and AWS.',
    ),
  REQUEST_TIMEOUT_MS: positive(300_000)
    .default(15_000)
    .describe('How long a client may take to send a request; its headers, at most 10000.'),
  WRITE_TIMEOUT_MS: positive(600_000)
    .default(30_000)
    .describe('How long a client may leave an answer or an event unread; then its connection closes.'),
  MAX_UNREAD_BYTES: positive(999_999_999)
    .default(100_000_000)
    .describe(
      'What may wait until clients read it, for all together; above it the service closes connections, those first that have waited longest.',
    ),
  DRAIN_MS: wholeNumber(0, 300_000).optional().meta({
    description:
      'How long the service still serves everything after SIGTERM while `/health/ready` is 503, so that balancers send later requests elsewhere.',
    unset: '`5000` in production, else `0`',
  }),
  SHUTDOWN_TIMEOUT_MS: positive(300_000)
    .default(10_000)
    .describe('How long requests in flight may take to finish after that.'),
};
