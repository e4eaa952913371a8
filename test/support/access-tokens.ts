import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import type { Emulator } from '../../src/emulator/emulator.js';
import { newRegistration } from '../../src/emulator/store/creators.js';
import type { UserRegistration } from '../../src/emulator/store/records.js';

/** An id for the shop of a test service that accepts access tokens. */
export const shopId = '5d0c8b1e-7a52-4f0e-9d3c-2b1f6a4e8c70';

/** Variables under which a service accepts the access tokens of an emulator for the shop. */
export const shopTokens = { ACCESS_TOKEN_ISSUERS: 'acme.com', ACCESS_TOKEN_AUDIENCES: shopId };

/** The same expectations, and how long keys may take, for what recognises tokens by itself. */
export const shopExpectations = {
  issuers: ['acme.com'],
  audiences: [shopId],
  algorithms: ['RS256'],
  clockToleranceSeconds: 5,
  keyFetchTimeoutMs: 3_000,
};

/** The claims of an access token that the service accepts, issued now and good for an hour, with changes. */
export function claimsFor(
  { clock, tenantId }: Pick<Emulator, 'clock' | 'tenantId'>,
  userId: string,
  changes: Readonly<Record<string, unknown>> = {},
): JWTPayload {
  const now = Math.floor(clock.now() / 1_000);
  const claims: JWTPayload = {
    aud: shopId,
    iss: 'acme.com',
    sub: userId,
    tid: tenantId,
    iat: now,
    exp: now + 3_600,
    auth_time: now,
  };
  return Object.fromEntries(Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== undefined));
}

/** A token that is validly signed with the emulator's own key, whatever it says. */
export async function signAsFusionAuth(
  { keys }: Pick<Emulator, 'keys'>,
  claims: JWTPayload,
  header: Partial<JWTHeaderParameters> = {},
  keyId?: string,
): Promise<string> {
  const { jwsAlgorithm, kid, signingKey } = await keys.material(keyId);
  return new SignJWT(claims).setProtectedHeader({ alg: jwsAlgorithm, typ: 'JWT', kid, ...header }).sign(signingKey);
}

/** A user's registration for an application, with roles there. */
export function registrationWith(applicationId: string, roles: readonly string[]): UserRegistration {
  return { ...newRegistration(applicationId, Date.now()), roles: [...roles] };
}
