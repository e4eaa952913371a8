import type { Introspection } from '../../application/tokens/introspect-token.js';

/** Claims that mean in an answer what they mean in the token. @see RFC 7662 section 2.2, and FusionAuth for the others */
const sameClaims = [
  ['iss', 'string'],
  ['sub', 'string'],
  ['exp', 'number'],
  ['iat', 'number'],
  ['nbf', 'number'],
  ['jti', 'string'],
  ['scope', 'string'],
  ['sid', 'string'],
  ['tid', 'string'],
  ['auth_time', 'number'],
  ['applicationId', 'string'],
] as const;

/**
 * What is answered about an active token: only claims that its issuer vouches for, under the names that RFC 7662 and the
 * registry of JWT claims give them. Claims that a lambda has added are left out.
 */
export function introspectionOf(token: NonNullable<Introspection>): Readonly<Record<string, unknown>> {
  const { claims } = token;
  const same = sameClaims.filter(([name, type]) => typeof claims[name] === type).map(([name]) => [name, claims[name]]);
  const { aud, roles, preferred_username: username } = claims;
  return {
    active: true,
    token_type: 'Bearer',
    ...Object.fromEntries(same),
    ...(isTextOrTexts(aud) ? { aud } : {}),
    ...clientOf(token),
    ...(typeof username === 'string' ? { username } : {}),
    ...(isTexts(roles) ? { roles } : {}),
  };
}

/**
 * The application that FusionAuth issued the token to. It is the first audience: the others are resources. A token of the
 * client credentials grant, whose subject is the client, is for another entity.
 */
function clientOf({ claims, isOfClient }: NonNullable<Introspection>): { readonly client_id?: string } {
  const { aud, sub } = claims;
  const client = isOfClient ? sub : Array.isArray(aud) ? aud[0] : aud;
  return typeof client === 'string' ? { client_id: client } : {};
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isTextOrTexts(value: unknown): boolean {
  return typeof value === 'string' || isTexts(value);
}
