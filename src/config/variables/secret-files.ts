import { z } from 'zod';

/** Variables that hold secrets. Each can be in a file instead, which its name followed by `_FILE` names. */
export const secretNames = [
  'FUSIONAUTH_API_KEY',
  'SERVICE_KEYS',
  'WEBHOOK_HMAC_SECRET',
  'WEBHOOK_PASSWORD',
  'WEBHOOK_HEADER_VALUE',
  'DATABASE_URL',
  'CONSOLE_CLIENT_SECRET',
  'CONSOLE_COOKIE_KEYS',
] as const;

const fileOf = (name: string, more = '') =>
  z
    .string()
    .meta({ bounds: 'a path' })
    .optional()
    .meta({
      description: `A file that holds \`${name}\`, up to 64 KiB; line breaks at its end do not count. Not together with \`${name}\`.${more}`,
      unset: 'none',
    });

export const secretFileVariables = {
  FUSIONAUTH_API_KEY_FILE: fileOf('FUSIONAUTH_API_KEY'),
  SERVICE_KEYS_FILE: fileOf(
    'SERVICE_KEYS',
    ' Read anew [when it changes](../../SECURITY.md#service-keys), and on SIGHUP.',
  ),
  WEBHOOK_HMAC_SECRET_FILE: fileOf('WEBHOOK_HMAC_SECRET'),
  WEBHOOK_PASSWORD_FILE: fileOf('WEBHOOK_PASSWORD'),
  WEBHOOK_HEADER_VALUE_FILE: fileOf('WEBHOOK_HEADER_VALUE'),
  DATABASE_URL_FILE: fileOf('DATABASE_URL'),
  CONSOLE_CLIENT_SECRET_FILE: fileOf('CONSOLE_CLIENT_SECRET'),
  CONSOLE_COOKIE_KEYS_FILE: fileOf('CONSOLE_COOKIE_KEYS'),
};
