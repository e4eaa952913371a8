import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { knownTokens } from '../support/oauth.js';

/** The issuer of its tokens. */
export const issuer = 'https://acme.okta.example';
const audience = 'https://sessions.example/global-token-revocation';
const clientId = '0oa1';

/** An identity provider that asks for the sessions of users to be ended, as Okta does. */
export interface IdentityProvider extends AsyncDisposable {
  /** The configuration of a service that it may call, with changes. */
  variables(changes?: Readonly<Record<string, string>>): Record<string, string>;
  /** The token of a request, with changes. @param now In milliseconds. */
  request(
    now: number,
    changes?: Readonly<Record<string, unknown>>,
    header?: { typ?: string; alg?: string },
    key?: CryptoKey,
  ): Promise<string>;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }];
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const keysUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return {
    variables: (changes = {}) => ({
      ...knownTokens,
      GLOBAL_REVOCATION_JWKS_URL: keysUrl,
      GLOBAL_REVOCATION_ISSUER: issuer,
      GLOBAL_REVOCATION_AUDIENCE: audience,
      GLOBAL_REVOCATION_CLIENT_ID: clientId,
      FUSIONAUTH_MAX_ATTEMPTS: '1',
      ...changes,
    }),
    request(nowMs, changes = {}, header = {}, key = privateKey) {
      const now = Math.floor(nowMs / 1_000);
      const times = { iat: now, nbf: now - 300, exp: now + 300 };
      const claims = { jti: randomUUID(), iss: issuer, sub: clientId, aud: audience, ...times };
      const given = Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== undefined);
      return new SignJWT(Object.fromEntries(given))
        .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'global-token-revocation+jwt', ...header })
        .sign(key);
    },
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
