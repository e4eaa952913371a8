import { z } from 'zod';
import { flag, names, wholeNumber } from './kinds.js';

const publicUrl = z
  .string()
  .refine(
    isPublicUrl,
    'must be a URL such as https://sessions.example.com, without a trailing slash, a query or a password',
  )
  .meta({ bounds: 'a URL such as `https://sessions.example.com`' });

function isPublicUrl(text: string): boolean {
  if (/\s/.test(text) || text.endsWith('/') || !URL.canParse(text)) return false;
  const { protocol, username, password, search, hash, href } = new URL(text);
  const isPlain = username + password + search + hash === '' && !/[?#]/.test(text);
  return /^https?:$/.test(protocol) && isPlain && href.replace(/\/$/, '') === text;
}

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
      'The `aud` of these, separated by commas. A service key that is bound to applications knows no others.',
    unset: '`ACCESS_TOKEN_AUDIENCES`; without either, there is no such endpoint',
  }),
  OAUTH_MAX_REVOCATION_LAG_SECONDS: wholeNumber(0, 86_400)
    .default(300)
    .describe(
      'How long ago the session of an active token was known to live at most, so that a revocation of which no event arrives counts by then; 0: until one is known.',
    ),
  OAUTH_TOKENS_WITHOUT_SESSION: flag.optional().meta({
    description:
      'Whether access tokens of users that name no session, whom single revocations do not reach, are active.',
    unset: '`false`',
  }),
};
