import { z } from 'zod';
import { parseTenantId } from '../../domain/ids.js';
import { flag, id, plainUrl, positive } from './kinds.js';

const fusionAuthUrl = z
  .string()
  .refine(
    (text) => plainUrl(text) !== null,
    'must be a URL such as https://auth.example.com, of http or https, without credentials, query and fragment',
  )
  .meta({ bounds: 'an `http` or `https` URL' });

export const fusionAuthVariables = {
  FUSIONAUTH_URL: fusionAuthUrl.optional().meta({
    description: 'Address of FusionAuth. Required in production.',
    unset: 'the emulator',
  }),
  FUSIONAUTH_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, 'must be the API key alone, without spaces')
    .meta({ bounds: '1 to 512 characters' })
    .optional()
    .meta({
      description: 'API key of FusionAuth; see [its permissions](../guides/production.md#fusionauths-api-key).',
      unset: 'required with `FUSIONAUTH_URL`',
    }),
  FUSIONAUTH_TENANT_ID: id(parseTenantId).optional().meta({
    description: 'Binds every call to one tenant.',
    unset: 'not bound; needed where FusionAuth has several tenants',
  }),
  FUSIONAUTH_AUDIT_LOG: flag.optional().meta({
    description: "Whether revocations are also recorded in FusionAuth's audit log.",
    unset: '`false`',
  }),
  FUSIONAUTH_REQUEST_TIMEOUT_MS: positive(60_000).default(2_000).describe('Time for one attempt of a call.'),
  FUSIONAUTH_CALL_BUDGET_MS: positive(120_000)
    .default(5_000)
    .describe('Time for a call with its retries and its waiting.'),
  FUSIONAUTH_MAX_ATTEMPTS: positive(10).default(3).describe('Attempts of a call that is safe to repeat.'),
  FUSIONAUTH_MAX_CONCURRENT_CALLS: positive(1_000).default(64).describe('Calls, and so connections, at once.'),
  FUSIONAUTH_MAX_QUEUED_CALLS: positive(100_000)
    .default(5_000)
    .describe('Calls that may wait, operations taking turns; one more is refused.'),
  SETTINGS_MAX_AGE_MS: positive(300_000)
    .default(10_000)
    .describe(
      'Age at which settings of applications and tenants are read anew. While that fails, they serve for 10 minutes more.',
    ),
  ENDING_BUDGET_MS: positive(300_000)
    .default(15_000)
    .describe('After this time a mutation reports revocations that have not begun as failed.'),
  USER_LOCK_MAX_WAIT_MS: positive(60_000)
    .default(5_000)
    .describe('How long a call waits for [its turn](../explanation/guarantee.md#turns), where it needs one.'),
};
