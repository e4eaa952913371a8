import { claimsFor, signAsFusionAuth } from '../support/access-tokens.js';
import { type RawServer, startRawServer, unusedUrl } from '../support/raw-server.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { type MisSet, policy, problem, stranger, warning } from './mis-set-kinds.js';
import { secrets, shopId, type World } from './world.js';

/** A token for the shop, signed with the emulator's key, whatever it says. */
const tokenWith = (claims: Record<string, unknown>) => ({
  args: () => ['--token-file', '-'],
  input: ({ emulator }: World) => signAsFusionAuth(emulator, claimsFor(emulator, stranger, { aud: shopId, ...claims })),
});

export const misSetConfiguration: readonly MisSet[] = [
  {
    what: 'an issuer that no tenant has',
    spoil: ({ env }) => Object.assign(env, { ACCESS_TOKEN_ISSUERS: 'https://acme.com' }),
    line: problem('callers', 'no tenant has this issuer: they have acme.com'),
  },
  {
    what: 'an audience that is no application',
    spoil: ({ env }) => Object.assign(env, { ACCESS_TOKEN_AUDIENCES: 'acme-shop' }),
    line: warning('callers', 'names acme-shop'),
  },
  {
    what: 'access tokens that are signed with a secret key',
    spoil: ({ tokens, emulator }) =>
      tokens({ accessTokenKeyId: emulator.keys.generate({ name: 'Secret', algorithm: 'HS256' }).id }),
    line: problem('callers', 'Access tokens of Acme Shop are signed by HS256'),
  },
  {
    what: 'a role that no application has',
    spoil: ({ env }) => Object.assign(env, { ACCESS_TOKEN_PERMISSIONS: '{"roles":{"Support":["session:read"]}}' }),
    line: warning('callers', 'nobody gets their permissions: Support'),
  },
  {
    what: 'a token of another issuer',
    spoil: () => undefined,
    ...tokenWith({ iss: 'https://elsewhere.example.com' }),
    line: problem('token', 'its iss is https://elsewhere.example.com, and ACCESS_TOKEN_ISSUERS has acme.com'),
  },
  {
    what: 'a token for another application',
    spoil: () => undefined,
    ...tokenWith({ aud: stranger }),
    line: problem('token', `its aud is ${stranger}`),
  },
  {
    what: 'a policy with a fault',
    spoil: async ({ env, file }) => Object.assign(env, { POLICY_FILE: await file(policy('overflow: end-some')) }),
    line: problem('policy', 'rules[0].overflow'),
  },
  {
    what: 'a policy that names a role, a group and an application that do not exist',
    spoil: async ({ env, file }) =>
      Object.assign(env, { POLICY_FILE: await file(policy(`when: { groups: [${stranger}] }`)) }),
    line: warning('policy', `names the group ${stranger}`),
  },
  {
    what: 'a session policy of the tenant under another name',
    spoil: ({ tenant }) => tenant({ data: { Session_Policies: { version: 1 }, other: 1 } }),
    line: warning('policy', 'data.Session_Policies of the tenant'),
  },
  {
    what: 'a policy of an application that cannot be used',
    spoil: ({ application }) =>
      application({ data: { sessionPolicy: { version: 1, mode: 'on', rules: [{ name: 'one', allow: 1 }] } } }),
    line: problem('policy', `data.sessionPolicy of the application ${shopId}`),
  },
  {
    what: 'a service key that has expired',
    spoil: ({ env }) =>
      Object.assign(env, {
        SERVICE_KEYS: serviceKeysVariable({ name: 'old', key: 'k', expiresAt: '2020-01-01T00:00:00Z' }),
      }),
    line: warning('service-keys', 'The service key old has expired'),
  },
  {
    what: 'a service key for an application that does not exist',
    spoil: ({ env }) =>
      Object.assign(env, { SERVICE_KEYS: serviceKeysVariable({ name: 'lost', key: 'k', applicationIds: [stranger] }) }),
    line: warning('service-keys', stranger),
  },
  {
    what: 'a console with another client secret',
    spoil: ({ env, application, shop }) => {
      Object.assign(env, consoleVariables);
      application({ oauthConfiguration: { ...shop.oauthConfiguration, clientSecret: 'secret-of-yesterday' } });
    },
    line: problem('console', 'is not the client secret of Acme Shop'),
  },
  {
    what: 'a console whose redirect URL is not allowed',
    spoil: ({ env }) => Object.assign(env, consoleVariables),
    line: problem('console', 'does not allow the redirect URL'),
  },
  {
    what: 'a public URL that leads to another path',
    spoil: () => undefined,
    args: (world) => ['--url', `${world.env['PUBLIC_URL']}/elsewhere`],
    line: problem('public-url', 'Check BASE_PATH'),
  },
  {
    what: 'a service that is not started yet',
    spoil: async ({ env }) => Object.assign(env, { PUBLIC_URL: await unusedUrl() }),
    line: warning('public-url', 'Start the service'),
  },
  {
    what: 'origins that are not let through',
    spoil: ({ env }) => Object.assign(env, { CORS_ORIGINS: 'https://admin.example.com' }),
    line: problem('cors', 'https://admin.example.com may not call'),
  },
];

const consoleVariables = {
  CONSOLE_CLIENT_ID: shopId,
  CONSOLE_CLIENT_SECRET: secrets.clientSecret,
  CONSOLE_COOKIE_KEYS: Buffer.alloc(32, 7).toString('base64url'),
};

/** Passes everything on, and streams only once they are over. */
export function holdingBack(target: string): Promise<RawServer> {
  return startRawServer((response, { method, url, headers, body }) => {
    const { host: _host, 'content-length': _length, ...others } = headers;
    void fetch(`${target}${url}`, {
      method,
      headers: others as Record<string, string>,
      ...(body === '' ? {} : { body }),
    })
      .then(async (answer) => {
        const text = await answer.text();
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text);
      })
      .catch(() => response.destroy());
  });
}
