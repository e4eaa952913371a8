import { z } from 'zod';
import { oneOf, positive } from './kinds.js';

const databaseUrl = z
  .string()
  .refine(
    isDatabaseUrl,
    'must be a URL postgres://user:password@host:port/database, with %23 for # and the like in the password, and without a query: DATABASE_TLS says what sslmode would',
  )
  .refine(
    (text) => !isDatabaseUrl(text) || isDecodable(new URL(text)),
    'holds an escape that cannot be read: escapes are of UTF-8, none is %00, and the name of a database has none of ; / ? : @ & = + $ , #',
  )
  .meta({ bounds: '`postgres://user:password@host:port/database`' });

/** Parameters are refused, because they would override the other variables. */
function isDatabaseUrl(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1 && search + hash === '';
}

/** Whether pg finds the user, the password and the database that are meant. In the latter it leaves some escapes. */
function isDecodable({ username, password, pathname }: URL): boolean {
  // A lone % stands for itself.
  const parts = [username, password, pathname].map((part) => part.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  // PostgreSQL ends each text with a zero byte, so none can hold one.
  if (parts.some((part) => /%00/.test(part))) return false;
  try {
    const [, , name] = parts.map((part) => decodeURIComponent(part));
    return decodeURI(parts[2] ?? '') === name;
  } catch {
    return false;
  }
}

export const databaseVariables = {
  DATABASE_URL: databaseUrl.optional().meta({
    description: 'The PostgreSQL (14 or newer) that replicas share, so that they act as one. Holds a password.',
    unset: 'each process remembers for itself',
  }),
  DATABASE_TLS: oneOf(['off', 'unverified', 'verified'], 'must be off, unverified or verified').optional().meta({
    description:
      'Whether connections are encrypted, and the certificate checked: against the authorities of Node.js and `NODE_EXTRA_CA_CERTS`.',
    unset: '`verified`; `off` for a host of this machine',
  }),
  DATABASE_SCHEMA: z
    .string()
    .regex(
      /^(?!pg_)[a-z_][a-z0-9_]{0,40}$/,
      'must be 1 to 41 characters of a-z 0-9 _, not beginning with a digit, nor with pg_, which PostgreSQL keeps for itself',
    )
    .default('fusionauth_sessions')
    .meta({
      description: 'The schema that holds the tables. The service creates and migrates it.',
      bounds: '1 to 41 characters of a-z 0-9 _',
    }),
  DATABASE_POOL_SIZE: positive(1_000)
    .default(10)
    .describe('Connections of a process for statements; for turns it opens half as many besides, and one to listen.'),
  DATABASE_STATEMENT_TIMEOUT_MS: positive(60_000).default(2_000).describe('How long a statement may take.'),
  DATABASE_CONNECT_TIMEOUT_MS: positive(60_000)
    .default(2_000)
    .describe('How long it may take to open a connection, or to get a free one.'),
  DATABASE_OUTAGE_TOLERANCE_SECONDS: positive(3_600)
    .default(10)
    .describe('How long the database may be away before streams of events end and `revocations` fails.'),
  HISTORY_RETENTION_DAYS: positive(3_650)
    .default(90)
    .describe('How many days the database keeps who ended which session, for `sessionHistory`.'),
};
