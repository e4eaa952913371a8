import { z } from 'zod';
import { oneOf, positive, wholeNumber } from './kinds.js';

/** Enough for secrets that nobody guesses; FusionAuth makes longer ones. */
const minSecretCharacters = 16;

/** An HMAC key is at least as long as the hash. @see RFC 7518 section 3.2 */
const minHmacSecretCharacters = 32;

const signature = oneOf(['jwks', 'hmac'], 'must be jwks or hmac');

const hmacSecret = z
  .string()
  .regex(/^\S+$/, 'must be the secret of the signing key alone, without spaces')
  .min(minHmacSecretCharacters, `must have at least ${minHmacSecretCharacters} characters`)
  .max(1_024, 'must have at most 1024 characters')
  .meta({ bounds: `${minHmacSecretCharacters} to 1024 characters` });

/** A colon would end the user name. @see RFC 7617 section 2 */
const username = z
  .string()
  .regex(/^[^:]{1,256}$/, 'must be 1 to 256 characters without a colon')
  .meta({ bounds: '1 to 256 characters without a colon' });

const password = z
  .string()
  .min(minSecretCharacters, `must have at least ${minSecretCharacters} characters`)
  .max(512, 'must have at most 512 characters')
  .meta({ bounds: `${minSecretCharacters} to 512 characters` });

/** @see RFC 9110 section 5.1 */
const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, 'must be the name of a header, of at most 64 characters')
  .toLowerCase()
  .meta({ bounds: '1 to 64 characters' });

const headerValue = z
  .string()
  .regex(
    /^[\x21-\x7e][\x20-\x7e]{14,510}[\x21-\x7e]$/,
    `must be ${minSecretCharacters} to 512 printable ASCII characters, without spaces at its ends`,
  )
  .meta({ bounds: `${minSecretCharacters} to 512 characters` });

export const webhookVariables = {
  WEBHOOK_SIGNATURE: signature.optional().meta({
    description:
      "How FusionAuth's events are verified: by its published keys (`jwks`) or by a secret (`hmac`). See [the webhook](../guides/connect-fusionauth-webhook.md#recognising-fusionauth).",
    unset: 'no signature; without any of these ways, no events',
  }),
  WEBHOOK_HMAC_SECRET: hmacSecret
    .optional()
    .meta({ description: 'The secret of the signing key.', unset: 'required with `WEBHOOK_SIGNATURE=hmac`' }),
  WEBHOOK_USERNAME: username.optional().meta({
    description: 'User name that the webhook sends as basic authentication. Needs `WEBHOOK_PASSWORD`.',
    unset: 'none asked for',
  }),
  WEBHOOK_PASSWORD: password
    .optional()
    .meta({ description: 'Password that the webhook sends.', unset: 'required with `WEBHOOK_USERNAME`' }),
  WEBHOOK_HEADER_NAME: headerName.optional().meta({
    description: 'Header that the webhook sends. Needs `WEBHOOK_HEADER_VALUE`.',
    unset: 'none asked for',
  }),
  WEBHOOK_HEADER_VALUE: headerValue
    .optional()
    .meta({ description: 'Value of that header.', unset: 'required with `WEBHOOK_HEADER_NAME`' }),
  WEBHOOK_MAX_AGE_SECONDS: positive(86_400).default(300).describe('How long ago an event may have occurred.'),
  WEBHOOK_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300)
    .default(30)
    .describe("How far FusionAuth's clock may be ahead of the service's."),
  WEBHOOK_HANDLE_TIMEOUT_MS: positive(10_000)
    .default(1_000)
    .describe('How long a delivery waits until its event is handled.'),
  WEBHOOK_MAX_BODY_BYTES: positive(10_000_000).default(1_048_576).describe('Largest body of a delivery.'),
  WEBHOOK_MAX_CONCURRENT_DELIVERIES: positive(10_000)
    .default(200)
    .describe('Deliveries at the same time; the service answers one more with 503.'),
};
