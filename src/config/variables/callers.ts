import { z } from 'zod';
import { permissions } from '../../domain/caller.js';
import { parseApplicationId, parseTenantId } from '../../domain/ids.js';
import { asymmetricAlgorithms } from '../../tokens/signature-algorithms.js';
import { commaSeparated, flag, ids, json, members, names, positive, wholeNumber } from './kinds.js';

const permissionList = z.array(
  z.enum(permissions, `must be among ${permissions.join(', ')}`),
  'must be a list of permissions such as ["session:read"]',
);

const instantText = 'must be an RFC 3339 instant without leap seconds, such as 2027-01-31T00:00:00Z';

const serviceKey = members('{name, sha256, permissions, tenantIds?, applicationIds?, expiresAt?}', {
  name: z
    .string('must be the name of the key')
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 _ . -'),
  sha256: z
    .string('must be the SHA-256 of the key as 64 hex digits')
    .regex(/^[0-9a-f]{64}$/i, 'must be the SHA-256 of the key as 64 hex digits')
    .transform((hex) => Buffer.from(hex, 'hex')),
  permissions: permissionList.min(1, 'must name at least one permission').transform((list) => new Set(list)),
  tenantIds: ids(parseTenantId).optional(),
  applicationIds: ids(parseApplicationId).optional(),
  expiresAt: z
    .string(instantText)
    .toUpperCase()
    .pipe(z.iso.datetime({ offset: true, error: instantText }))
    .transform((text) => Date.parse(text))
    .optional(),
});

const serviceKeys = json('must be JSON: a list of {name, sha256, permissions}').pipe(
  z
    .array(serviceKey, 'must be a JSON list of {name, sha256, permissions}')
    .min(1, 'must hold at least one key')
    .max(100, 'must hold at most 100 keys')
    .refine(
      (keys) => new Set(keys.map(({ sha256 }) => sha256.toString('hex'))).size === keys.length,
      'must hold each key once',
    ),
);

/** Which permissions a role or a scope of an access token grants. */
const grants = (name: RegExp, problem: string) =>
  z
    .record(z.string(), permissionList.min(1, 'must name at least one permission'), {
      error: 'must be JSON {name: [permission]}',
    })
    .refine((record) => Object.keys(record).every((key) => name.test(key)), { error: problem, abort: true })
    .transform((record) => new Map(Object.entries(record).map(([key, list]) => [key, new Set(list)])));

const roleGrants = grants(/\S/, 'must have names of roles');

/** Spaces separate scopes, so a name with one would be that of none. @see RFC 6749 section 3.3 */
const scopeGrants = grants(/^\S+$/, 'must have names of scopes, one each: without spaces');

const accessTokenPermissions = json('must be JSON: {"roles": {…}, "scopes": {…}}').pipe(
  members('{"roles": {…}, "scopes": {…}}', {
    roles: roleGrants.default(new Map()),
    scopes: scopeGrants.default(new Map()),
  }).refine(({ roles, scopes }) => roles.size + scopes.size > 0, 'must grant something to a role or a scope'),
);

export const callerVariables = {
  SERVICE_KEYS: serviceKeys.optional().meta({
    description:
      'JSON list of `{name, sha256, permissions, tenantIds?, applicationIds?, expiresAt?}`; see [service keys](permissions.md#service-keys).',
    unset: 'required in production; else a key with every permission is made up at the start and printed',
    bounds: '1 to 100 keys',
  }),
  ACCESS_TOKEN_ISSUERS: names.optional().meta({
    description: 'The `iss` of accepted access tokens, separated by commas. Needs `ACCESS_TOKEN_AUDIENCES`.',
    unset: 'none accepted',
  }),
  ACCESS_TOKEN_AUDIENCES: names.optional().meta({
    description: 'The `aud` of accepted access tokens, separated by commas. Needs `ACCESS_TOKEN_ISSUERS`.',
    unset: 'none accepted',
  }),
  ACCESS_TOKEN_ALGORITHMS: commaSeparated
    .pipe(
      z.array(z.enum(asymmetricAlgorithms, `must be among ${asymmetricAlgorithms.join(', ')}`)).min(1, 'must name one'),
    )
    .optional()
    .meta({
      description:
        'Signature algorithms of accepted access tokens, separated by commas. `EdDSA` and `Ed25519` are names of the same.',
      unset: '`RS256`',
      bounds: asymmetricAlgorithms.map((name) => `\`${name}\``).join(', '),
    }),
  ACCESS_TOKEN_TENANT_IDS: commaSeparated.pipe(ids(parseTenantId)).optional().meta({
    description: 'The `tid` of accepted access tokens, separated by commas.',
    unset: '`FUSIONAUTH_TENANT_ID` if set, else any',
    bounds: '1 to 1000 UUIDs',
  }),
  ACCESS_TOKEN_PERMISSIONS: accessTokenPermissions.optional().meta({
    description:
      'JSON `{"roles": {name: [permission]}, "scopes": {name: [permission]}}`; scopes count for client credentials only. See [access tokens](permissions.md#access-tokens-of-fusionauth).',
    unset: 'none granted',
  }),
  ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300)
    .default(5)
    .describe('How far the clocks of FusionAuth and the service may differ.'),
  REQUIRE_COMMENT: flag
    .default(false)
    .describe(
      'Whether people, as opposed to services, have to give a comment when they end sessions of others by `revokeSession`, `revokeSessions`, `enforceSingleSession` or `enforceSessionLimit`. The [console](../guides/console.md) asks for it.',
    ),
  RECENT_SIGN_IN_SECONDS: positive(86_400).optional().meta({
    description: 'How recently users must have signed in to end other sessions of their own.',
    unset: 'any time ago',
  }),
};
