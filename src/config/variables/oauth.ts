import { z } from 'zod';
import { parseTenantId } from '../../domain/ids.js';
import { isLoopback } from '../loopback.js';
import { flag, id, names, wholeNumber } from './kinds.js';

const publicUrl = z
  .string()
  .refine(
    isPublicUrl,
    'must be a URL such as https://sessions.example.com, its host in lower case, without the default port, a trailing slash, a query or a password',
  )
  .meta({ bounds: 'a URL such as `https://sessions.example.com`' });

function isPublicUrl(text: string): boolean {
  if (/\s/.test(text) || text.endsWith('/') || !URL.canParse(text)) return false;
  const { protocol, username, password, search, hash, href } = new URL(text);
  const isPlain = username + password + search + hash === '' && !/[?#]/.test(text);
  return /^https?:$/.test(protocol) && isPlain && href.replace(/\/$/, '') === text;
}

const keysUrl = z
  .string()
  .refine(isKeysUrl, 'must be a URL that begins with https:// and holds no password')
  .meta({ bounds: 'a URL that begins with `https://`; `http://` for this machine only' });

function isKeysUrl(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return username + password === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)));
}

const nonEmpty = z.string().max(1_000, 'must have at most 1000 characters');

export const oauthVariables = {
  PUBLIC_URL: publicUrl.optional().meta({
    description:
      'Where clients see the service, with `BASE_PATH` at its end. It is the issuer of `/.well-known/oauth-authorization-server`.',
    unset: 'no such document',
  }),
  OAUTH_ISSUERS: names.optional().meta({
    description:
      'The `iss` of access tokens that can be [introspected and revoked](../guides/introspection.md), separated by commas.',
    unset: '`ACCESS_TOKEN_ISSUERS`; without either, there is no such endpoint',
  }),
  OAUTH_AUDIENCES: names.optional().meta({
    description:
      'The `aud` of these access tokens, separated by commas. A service key that is bound to applications reaches no others.',
    unset: '`ACCESS_TOKEN_AUDIENCES`; without either, there is no such endpoint',
  }),
  OAUTH_MAX_REVOCATION_LAG_SECONDS: wholeNumber(0, 86_400)
    .default(300)
    .describe(
      'How long ago the session of an active token was known to live at most, so that a revocation of which no event arrives counts by then; 0: until one is known.',
    ),
  OAUTH_TOKENS_WITHOUT_SESSION: flag.optional().meta({
    description:
      'Whether access tokens of users that name no session, which single revocations do not cover, can be active.',
    unset: '`false`',
  }),
  GLOBAL_REVOCATION_JWKS_URL: keysUrl.optional().meta({
    description:
      'The address of the public keys of the identity provider that may end all sessions of a user. See [global token revocation](../guides/introspection.md#global-token-revocation). Needs `GLOBAL_REVOCATION_ISSUER` and `GLOBAL_REVOCATION_AUDIENCE`.',
    unset: 'nobody may',
  }),
  GLOBAL_REVOCATION_ISSUER: nonEmpty.optional().meta({
    description: 'The `iss` of its requests, such as `https://acme.okta.com`.',
    unset: 'required with `GLOBAL_REVOCATION_JWKS_URL`',
    bounds: 'up to 1000 characters',
  }),
  GLOBAL_REVOCATION_AUDIENCE: nonEmpty.optional().meta({
    description: 'The `aud` of its requests: the URL of the endpoint as the provider knows it.',
    unset: 'required with `GLOBAL_REVOCATION_JWKS_URL`',
    bounds: 'up to 1000 characters',
  }),
  GLOBAL_REVOCATION_CLIENT_ID: nonEmpty.optional().meta({
    description: 'The `sub` of its requests: the id by which the provider knows this service.',
    unset: 'any',
    bounds: 'up to 1000 characters',
  }),
  GLOBAL_REVOCATION_TENANT_ID: id(parseTenantId).optional().meta({
    description: 'The tenant whose users the provider may name.',
    unset: '`FUSIONAUTH_TENANT_ID` if set, else any',
  }),
};
