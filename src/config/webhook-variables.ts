import { z } from 'zod';

/** Enough for secrets that nobody guesses; FusionAuth makes longer ones. */
const minSecretCharacters = 16;

/** An HMAC key is at least as long as the hash. @see RFC 7518 section 3.2 */
const minHmacSecretCharacters = 32;

export const webhookSignature = z.enum(['jwks', 'hmac'], 'must be jwks or hmac');

export const webhookHmacSecret = z
  .string()
  .regex(/^\S+$/, 'must be the secret of the signing key alone, without spaces')
  .min(minHmacSecretCharacters, `must have at least ${minHmacSecretCharacters} characters`)
  .max(1_024, 'must have at most 1024 characters');

/** A colon would end it. @see RFC 7617 section 2 */
export const webhookUsername = z.string().regex(/^[^:]{1,256}$/, 'must be 1 to 256 characters without a colon');

export const webhookPassword = z
  .string()
  .min(minSecretCharacters, `must have at least ${minSecretCharacters} characters`)
  .max(512, 'must have at most 512 characters');

/** @see RFC 9110 section 5.1 */
export const webhookHeaderName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, 'must be the name of a header, of at most 64 characters')
  .toLowerCase();

export const webhookHeaderValue = z
  .string()
  .regex(
    /^[\x21-\x7e][\x20-\x7e]{14,510}[\x21-\x7e]$/,
    `must be ${minSecretCharacters} to 512 printable ASCII characters, without spaces at its ends`,
  );
