import { isIP } from 'node:net';
import { z } from 'zod';
import { commaSeparated } from './values.js';

/** Where to listen. */
export const host = z
  .string()
  .refine(isAddress, 'must be an IP address or a host name alone, without scheme, brackets and port');

function isAddress(text: string): boolean {
  return isIP(text) !== 0 || /^(?!.*\d+\.\d+\.\d+\.\d+)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text);
}

/** A browser writes an origin in one way only, and it is compared as text. */
export const origins = commaSeparated.pipe(
  z
    .array(z.string().refine(isOrigin, 'must be origins such as https://admin.example.com, without a path'))
    .min(1, 'must name at least one origin')
    .max(100, 'must name at most 100 origins'),
);

/** A wildcard would be compared as text too, and match nothing. */
function isOrigin(text: string): boolean {
  return (
    !text.includes('*') &&
    URL.canParse(text) &&
    /^https?:$/.test(new URL(text).protocol) &&
    new URL(text).origin === text
  );
}

/** A wildcard would not cover Authorization, and allow what nobody has thought of. @see RFC 9110 section 5.1 */
export const headerNames = commaSeparated.pipe(
  z
    .array(
      z
        .string()
        .regex(/^[\w!#$%&'+.^`|~-]{1,100}$/, 'must be names of headers such as x-correlation-id')
        .transform((name) => name.toLowerCase()),
    )
    .min(1, 'must name at least one header')
    .max(100, 'must name at most 100 headers'),
);

/** Proxies whose word on the client's address is taken: `none`, or addresses and subnets. */
export const trustedProxies = z.union([
  z.literal('none').transform((): readonly string[] => []),
  commaSeparated.pipe(
    z
      .array(
        z.string().refine(isAddressOrSubnet, 'must be none, or addresses and subnets such as 10.0.0.0/8, fd00::/8'),
      )
      .min(1, 'must be none, or name at least one address')
      .max(100, 'must name at most 100 addresses'),
  ),
]);

/** A subnet of everything would let every client say where it is. */
function isAddressOrSubnet(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  const bits = version === 4 ? 32 : 128;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

/** Parts that need no encoding and that no proxy resolves. */
export const basePath = z
  .string()
  .regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+){1,8}$/,
    'must begin with a slash and end without one, such as /sessions, of A-Z a-z 0-9 - . _ ~',
  )
  .max(200, 'must have at most 200 characters');
