import * as oidc from 'openid-client';
import type { User } from '../../src/emulator/store/records.js';

export const redirectUri = 'https://shop.example/callback';

interface Flow {
  readonly verifier: string;
  readonly url: URL;
}

/** An authorization request of a standard client. */
export async function authorizationRequest(
  config: oidc.Configuration,
  parameters: Record<string, string> = {},
): Promise<Flow> {
  const verifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
    state: 'some state',
    nonce: 'some nonce',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { verifier, url };
}

/** Fills in the login page the way a browser does. */
export function submit(flow: Flow, { email }: User, members: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams([...flow.url.searchParams]);
  for (const [name, value] of Object.entries({ loginId: email ?? '', password: 'password', ...members })) {
    body.set(name, value);
  }
  return fetch(new URL('/oauth2/authorize', flow.url), { method: 'POST', redirect: 'manual', body });
}

export function redeem(config: oidc.Configuration, { verifier }: Flow, answer: Response) {
  const checks = { pkceCodeVerifier: verifier, expectedState: 'some state', expectedNonce: 'some nonce' };
  return oidc.authorizationCodeGrant(config, new URL(answer.headers.get('location') ?? ''), checks);
}
