import type { Introspection } from '../../application/tokens/introspect-token.js';
import type { TokenClaims } from '../../domain/token-claims.js';

/**
 * Claims with the same meaning in the answer and in the token. @see RFC 7662 section 2.2, and FusionAuth for the others
 */
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
 * The answer about an active token: the claims that FusionAuth itself writes, under the names of RFC 7662 and of the
 * registry of JWT claims. Claims that a lambda has added are left out.
 */
export function introspectionOf(token: NonNullable<Introspection>): Readonly<Record<string, unknown>> {
  const { claims } = token;
  const same = sameClaims.filter(([name, type]) => typeof claims[name] === type).map(([name]) => [name, claims[name]]);
  const { aud, roles, preferred_username: username } = claims;
  return {
    active: true,
    ...bindingOf(claims),
    ...Object.fromEntries(same),
    ...(isTextOrTexts(aud) ? { aud } : {}),
    ...clientOf(token),
    ...(typeof username === 'string' ? { username } : {}),
    ...(isTexts(roles) ? { roles } : {}),
  };
}

/**
 * The key to which FusionAuth has bound the token. Without it, a resource server would take a stolen one for a bearer
 * token.
 * @see RFC 9449 section 6.2
 */
function bindingOf({ cnf }: TokenClaims): Readonly<Record<string, unknown>> {
  const thumbprint = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
  return typeof thumbprint === 'string' ? { token_type: 'DPoP', cnf: { jkt: thumbprint } } : { token_type: 'Bearer' };
}

/**
 * The application that FusionAuth issued the token to: the first audience, since the others are resources. Absent for a
 * token of the client credentials grant, whose audience is another entity.
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
