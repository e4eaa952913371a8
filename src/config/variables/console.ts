import { z } from 'zod';
import { parseApplicationId } from '../../domain/ids.js';
import { isLoopback } from '../loopback.js';
import { commaSeparated, id, plainUrl, positive } from './kinds.js';

/** 256 bits, the size of a key of AES-256-GCM. */
const keyBytes = 32;
const maxKeys = 10;

const cookieKeys = commaSeparated.pipe(
  z
    .array(
      z
        .string()
        .regex(/^[A-Za-z0-9_-]{43}$/, 'must be keys of 32 bytes in base64url, separated by commas')
        .transform((text) => new Uint8Array(Buffer.from(text, 'base64url').subarray(0, keyBytes))),
    )
    .min(1, 'must hold at least one key')
    .max(maxKeys, `must hold at most ${maxKeys} keys`),
);

/** A URL for browsers. Plain http is for this machine only, because it carries cookies and codes. */
const browserUrl = z
  .string()
  .refine(isPlainUrl, 'must be an https URL without user, query and slash at its end')
  .meta({ bounds: '`https://host[:port][/path]`; `http` for a host of this machine' });

export function isPlainUrl(text: string): boolean {
  const url = plainUrl(text);
  if (url === null || text.endsWith('/')) return false;
  const { protocol, hostname } = url;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export const consoleVariables = {
  CONSOLE_CLIENT_ID: id(parseApplicationId).optional().meta({
    description:
      'The application of FusionAuth by which people sign in to the [console](../guides/console.md). It must be among `ACCESS_TOKEN_AUDIENCES`, and its roles in `ACCESS_TOKEN_PERMISSIONS`. The console is at `/console` below `PUBLIC_URL`.',
    unset: 'no console; in a demo that only this machine can reach, one with made-up people',
  }),
  CONSOLE_CLIENT_SECRET: z.string().meta({ bounds: 'text' }).optional().meta({
    description: 'The secret of that application. Needed with `CONSOLE_CLIENT_ID`.',
    unset: 'no console',
  }),
  CONSOLE_COOKIE_KEYS: cookieKeys.optional().meta({
    description:
      'Keys of the cookie, separated by commas, the same in each replica: the first encrypts, all decrypt. [How to make one](../guides/console.md#cookies-and-keys). Needed with `CONSOLE_CLIENT_ID`.',
    unset: 'no console',
    bounds: `1 to ${maxKeys} keys of ${keyBytes} bytes in base64url`,
  }),
  CONSOLE_FUSIONAUTH_URL: browserUrl.optional().meta({
    description: 'Where browsers reach FusionAuth, if that is not where the service does.',
    unset: '`FUSIONAUTH_URL`',
  }),
  CONSOLE_ISSUER: z.string().meta({ bounds: 'text' }).optional().meta({
    description: 'The issuer of the tenant of that application, one of `ACCESS_TOKEN_ISSUERS`.',
    unset: '`ACCESS_TOKEN_ISSUERS`, if there is one',
  }),
  CONSOLE_IDLE_SECONDS: positive(86_400)
    .default(900)
    .describe('How long somebody stays signed in to the console without doing anything.'),
  CONSOLE_SESSION_SECONDS: positive(604_800)
    .default(43_200)
    .describe('How long somebody stays signed in to the console at most, whatever they do.'),
};
