import { z } from 'zod';
import { permissions } from '../domain/caller.js';
import { parseApplicationId, parseTenantId } from '../domain/ids.js';
import { ids, json } from './values.js';

const serviceKey = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 _ . -'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be the SHA-256 of the key as 64 hex digits')
    .transform((hex) => Buffer.from(hex, 'hex')),
  permissions: z
    .array(z.enum(permissions, `must be among ${permissions.join(', ')}`))
    .min(1, 'must name at least one permission')
    .transform((list) => new Set(list)),
  tenantIds: ids(parseTenantId).optional(),
  applicationIds: ids(parseApplicationId).optional(),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'must be an RFC 3339 instant, such as 2027-01-31T00:00:00Z' })
    .transform((text) => Date.parse(text))
    .optional(),
});

/** The keys that callers may present, as a text of JSON. */
export const serviceKeys = json('must be JSON: a list of {name, sha256, permissions}').pipe(
  z
    .array(serviceKey, 'must be a JSON list of {name, sha256, permissions}')
    .min(1, 'must hold at least one key')
    .max(100, 'must hold at most 100 keys')
    .refine(
      (keys) => new Set(keys.map(({ sha256 }) => sha256.toString('hex'))).size === keys.length,
      'must hold each key once',
    ),
);
