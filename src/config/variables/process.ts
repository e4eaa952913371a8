import { isIP } from 'node:net';
import { z } from 'zod';
import { logLevels } from '../../observability/logger.js';
import { flag, oneOf, port, positive } from './kinds.js';

/** The values that frameworks and hosts agree on. Any other value is a slip, and must not switch the demo on. */
const nodeEnvironments = ['development', 'test', 'production'] as const;

function isAddress(text: string): boolean {
  return isIP(text) !== 0 || /^(?!.*\d+\.\d+\.\d+\.\d+)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text);
}

/** A demo key is what an Authorization header can carry. @see RFC 6750 section 2.1 */
const demoKey = z
  .string()
  .regex(/^[A-Za-z0-9\-._~+/]{1,256}=*$/, 'must be 1 to 256 characters of A-Z a-z 0-9 - . _ ~ + /')
  .meta({ bounds: '1 to 256 of `A-Z a-z 0-9 - . _ ~ + /`' });

export const processVariables = {
  NODE_ENV: oneOf(nodeEnvironments, `must be ${nodeEnvironments.join(', ')}, or not set`)
    .optional()
    .meta({
      description: '`production` switches the demo, GraphiQL and introspection off, and demands keys.',
      unset: 'as `development`',
    }),
  HOST: z
    .string()
    .refine(isAddress, 'must be an IP address or a host name alone, without scheme, brackets and port')
    .meta({ bounds: 'an IP address or a host name' })
    .default('127.0.0.1')
    .describe('Address on which the service listens.'),
  PORT: port.default(4_000).describe('Port on which the service listens; 0 takes any free one.'),
  MANAGEMENT_PORT: port.optional().meta({
    description:
      'Port on which `/metrics`, `/health/live`, `/health/ready` and `/version` are served without credentials, on the same address; 0 takes any free one.',
    unset: 'off',
  }),
  READINESS_MAX_AGE_MS: positive(60_000).default(2_000).describe('How long an answer of `/health/ready` is reused.'),
  LOG_LEVEL: oneOf(logLevels, `must be one of ${logLevels.join(', ')}`)
    .default('info')
    .describe('The least severe level that is logged. Audit lines are written at any level but `silent`.'),
};

export const demoVariables = {
  EMULATOR_PORT: port.default(9_011).describe('Port on which the emulated FusionAuth listens.'),
  DEMO_SERVICE_KEY: demoKey.optional().meta({
    description: 'Service key with every permission. Not accepted together with `SERVICE_KEYS`.',
    unset: '`demo-service-key` in a demo that only this machine can reach, else random',
  }),
  DEMO_FUSIONAUTH_API_KEY: demoKey.optional().meta({
    description: 'API key of the emulated FusionAuth.',
    unset: '`demo-fusionauth-key` in a demo that only this machine can reach, else random',
  }),
};

export const graphqlVariables = {
  GRAPHIQL: flag.optional().meta({
    description: 'Whether `/` offers GraphiQL.',
    unset: '`true`; `false` in production and with trusted documents',
  }),
  INTROSPECTION: flag
    .optional()
    .meta({ description: 'Whether callers may read the schema.', unset: '`true`; `false` in production' }),
  COMPILE_QUERIES: flag
    .default(true)
    .describe('Whether queries that come again are compiled. The answers are the same; without it they take longer.'),
  TRUSTED_DOCUMENTS_FILE: z.string().meta({ bounds: 'a path' }).optional().meta({
    description:
      'Manifest of at least one document; the service then accepts only its operations. See [trusted documents](../guides/admin-frontends.md#trusted-documents).',
    unset: 'any operation is accepted',
  }),
};
