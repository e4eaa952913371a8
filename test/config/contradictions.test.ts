import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.js';

const tenant = '30663132-6464-6665-3032-326466613934';
const other = 'aaaaaaaa-0000-0000-0000-000000000001';
const key = { name: 'shop', sha256: '0'.repeat(64), permissions: ['session:read'] };
const fusionAuth = { FUSIONAUTH_URL: 'http://localhost:9011', FUSIONAUTH_API_KEY: 'key' };
const tokens = { ACCESS_TOKEN_ISSUERS: 'acme.com', ACCESS_TOKEN_AUDIENCES: other };

function problems(env: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problems;
}

describe('NODE_ENV', () => {
  it.each(['prod', 'Production', 'production ', ' production', 'PRODUCTION', 'staging', 'dev'])(
    '%j is refused',
    (value) => {
      expect(problems({ NODE_ENV: value })).toEqual([
        expect.stringMatching(/^NODE_ENV: must be development, test, production, or not set/),
      ]);
    },
  );

  it.each(['', 'development', 'test'])('%j is accepted', (value) => {
    expect(problems({ NODE_ENV: value })).toEqual([]);
  });
});

it.each([
  ['ACCESS_TOKEN_ALGORITHMS', 'RS256'],
  ['ACCESS_TOKEN_TENANT_IDS', tenant],
  ['ACCESS_TOKEN_PERMISSIONS', '{"roles":{"support":["session:read"]}}'],
  ['ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS', '5'],
  ['RECENT_SIGN_IN_SECONDS', '60'],
  ['REQUIRE_COMMENT', 'true'],
])('%s without access tokens is refused', (name, value) => {
  expect(problems({ [name]: value })).toEqual([
    `${name}: has no effect without ACCESS_TOKEN_ISSUERS and ACCESS_TOKEN_AUDIENCES`,
  ]);
  expect(problems({ ...tokens, [name]: value })).toEqual([]);
});

it.each([
  ['WEBHOOK_MAX_AGE_SECONDS', '60'],
  ['WEBHOOK_HANDLE_TIMEOUT_MS', '60'],
])('%s without a way to recognise FusionAuth is refused, except in the demo, which has one', (name, value) => {
  expect(problems({ ...fusionAuth, [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${name}: has no effect`)),
  ]);
  expect(problems({ ...fusionAuth, WEBHOOK_SIGNATURE: 'jwks', [name]: value })).toEqual([]);
  expect(problems({ [name]: value })).toEqual([]);
});

it('GRAPHIQL with trusted documents is refused, and off where nothing is said', () => {
  const env = { TRUSTED_DOCUMENTS_FILE: 'trusted-documents.json' };
  expect(problems({ ...env, GRAPHIQL: 'true' })).toEqual([expect.stringMatching(/^GRAPHIQL: is of no use/)]);
  expect(parseConfig(env)).toMatchObject({ config: { graphiql: false } });
});

it.each(['EMULATOR_PORT', 'DEMO_FUSIONAUTH_API_KEY'])('%s in front of a real FusionAuth is refused', (name) => {
  expect(problems({ ...fusionAuth, [name]: '4711' })).toEqual([
    expect.stringMatching(new RegExp(`^${name}: is of the demo`)),
  ]);
});

it('one port for the service and the emulator is refused', () => {
  expect(problems({ PORT: '9011' })).toEqual(['EMULATOR_PORT: must be another one than PORT, which is 9011']);
});

it('one port for callers and for those who run the service is refused', () => {
  expect(problems({ MANAGEMENT_PORT: '4000' })).toEqual([
    'MANAGEMENT_PORT: must be another one than PORT, which is 4000',
  ]);
  expect(problems({ PORT: '0', MANAGEMENT_PORT: '0' })).toEqual([]);
});

it.each([
  ['FUSIONAUTH_REQUEST_TIMEOUT_MS', '3000', 'FUSIONAUTH_CALL_BUDGET_MS', '2000'],
  ['ENDING_BUDGET_MS', '3000', 'OPERATION_TIMEOUT_MS', '2000'],
  ['MAX_SERVICE_SUBSCRIPTIONS', '20', 'MAX_SUBSCRIPTIONS', '10'],
  ['MAX_USER_SUBSCRIPTIONS', '20', 'MAX_SUBSCRIPTIONS', '10'],
  ['MAX_SUBSCRIPTIONS', '20', 'MAX_CONNECTIONS', '10'],
  ['MAX_QUERY_CHARACTERS', '20', 'MAX_BODY_BYTES', '10'],
])('%s=%s above %s=%s is refused', (name, value, limit, limitValue) => {
  expect(problems({ [name]: value, [limit]: limitValue })).toEqual([
    `${name}: must be at most ${limit}, which is ${limitValue}`,
  ]);
});

describe('tenants that cannot be reached are refused', () => {
  const env = { ...fusionAuth, FUSIONAUTH_TENANT_ID: tenant };

  it('of a service key', () => {
    const keys = (tenantIds: readonly string[]) => JSON.stringify([key, { ...key, sha256: '1'.repeat(64), tenantIds }]);
    expect(problems({ ...env, SERVICE_KEYS: keys([other]) })).toEqual([
      expect.stringMatching(/^SERVICE_KEYS\.1\.tenantIds: must hold FUSIONAUTH_TENANT_ID/),
    ]);
    expect(problems({ ...env, SERVICE_KEYS: keys([other, tenant]) })).toEqual([]);
  });

  it('of access tokens', () => {
    expect(problems({ ...env, ...tokens, ACCESS_TOKEN_TENANT_IDS: other })).toEqual([
      expect.stringMatching(/^ACCESS_TOKEN_TENANT_IDS: must hold/),
    ]);
  });
});

describe('a value that would mean nothing is refused', () => {
  it.each([
    ['ACCESS_TOKEN_ISSUERS', ' , '],
    ['ACCESS_TOKEN_AUDIENCES', ','],
    ['ACCESS_TOKEN_ISSUERS', '["acme.com"]'],
    ['ACCESS_TOKEN_ISSUERS', 'acme.com other.com'],
    ['ACCESS_TOKEN_AUDIENCES', 'shop;admin'],
    ['ACCESS_TOKEN_AUDIENCES', "shop,'admin'"],
    ['DATABASE_URL', 'postgres://u:p#w@db/sessions'],
    ['DATABASE_URL', 'postgres://u:p@db/sessions?sslmode=require'],
    ['ACCESS_TOKEN_PERMISSIONS', '{}'],
    ['ACCESS_TOKEN_PERMISSIONS', '{"scopes":{"sessions:read sessions:end":["session:read"]}}'],
    ['ACCESS_TOKEN_PERMISSIONS', '{"scopes":{"":["session:read"]}}'],
    ['ACCESS_TOKEN_PERMISSIONS', '{"roles":{" ":["session:read"]}}'],
    ['HOST', 'http://0.0.0.0'],
    ['HOST', '[::1]'],
    ['HOST', 'localhost:4000'],
    ['HOST', '127.0.0.1 '],
    ['HOST', '999.1.1.1'],
  ])('%s=%j', (name, value) => {
    expect(problems({ ...tokens, [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}\\b.*: must `))]);
  });

  it.each([
    ' http://localhost:9011',
    'http://localhost:9011/?',
    'http://localhost:9011#',
    'http://@localhost:9011',
    'http:localhost:9011',
    'http:/localhost:9011',
    'http://https://localhost:9011',
    'http://localhost:',
    'http:\\localhost:9011',
  ])('an address of FusionAuth to which no path can be added: %j', (FUSIONAUTH_URL) => {
    expect(problems({ ...fusionAuth, FUSIONAUTH_URL })).toEqual([expect.stringMatching(/^FUSIONAUTH_URL: must be/)]);
  });

  it.each(['::1', '::', '0.0.0.0', 'localhost', 'sessions.internal'])('HOST=%s is accepted', (host) => {
    expect(problems({ HOST: host })).toEqual([]);
  });
});

it.each(['Ed25519', 'EdDSA', 'RS256, ES256'])('ACCESS_TOKEN_ALGORITHMS=%s is accepted', (value) => {
  expect(problems({ ...tokens, ACCESS_TOKEN_ALGORITHMS: value })).toEqual([]);
});

it.each(['HS256', 'none', 'RS256,HS256'])('ACCESS_TOKEN_ALGORITHMS=%s is refused', (value) => {
  expect(problems({ ...tokens, ACCESS_TOKEN_ALGORITHMS: value })).toHaveLength(1);
});

describe('OAuth endpoints', () => {
  it('need to know both the issuers and the audiences of tokens', () => {
    expect(problems({ ...fusionAuth, OAUTH_ISSUERS: 'acme.com' })).toEqual([
      'OAUTH_AUDIENCES: is required for introspecting access tokens',
    ]);
    expect(problems({ ...fusionAuth, OAUTH_AUDIENCES: other })).toEqual([
      'OAUTH_ISSUERS: is required for introspecting access tokens',
    ]);
    expect(problems({ ...fusionAuth, OAUTH_ISSUERS: 'acme.com', OAUTH_AUDIENCES: other })).toEqual([]);
    expect(problems({ ...fusionAuth, ...tokens, OAUTH_AUDIENCES: other })).toEqual([]);
  });

  it.each([
    ['OAUTH_MAX_REVOCATION_LAG_SECONDS', '60'],
    ['OAUTH_TOKENS_WITHOUT_SESSION', 'true'],
  ])('without them %s is refused', (name, value) => {
    expect(problems({ ...fusionAuth, [name]: value })).toEqual([`${name}: has no effect without OAUTH_ISSUERS`]);
  });

  it('have algorithms and a tolerance of their tokens', () => {
    const known = { ...fusionAuth, OAUTH_ISSUERS: 'acme.com', OAUTH_AUDIENCES: other };
    expect(problems({ ...known, ACCESS_TOKEN_ALGORITHMS: 'ES256' })).toEqual([]);
  });
});

describe('PUBLIC_URL', () => {
  it.each([
    'sessions.example.com',
    'https://sessions.example.com/',
    'https://user:secret@sessions.example.com',
    'https://sessions.example.com?x',
    'https://sessions.example.com#x',
    'ftp://sessions.example.com',
    'https://Sessions.example.com',
    'https://sessions.example.com:443',
  ])('%s is refused, with all that is asked for', (value) => {
    expect(problems({ PUBLIC_URL: value })).toEqual([
      expect.stringMatching(/^PUBLIC_URL: must be a URL such as .* its host in lower case, without the default port/),
    ]);
  });

  it('ends with BASE_PATH', () => {
    const PUBLIC_URL = 'https://example.com/sessions';
    expect(problems({ PUBLIC_URL })).toEqual(['PUBLIC_URL: must end with BASE_PATH, which is not set']);
    expect(problems({ PUBLIC_URL, BASE_PATH: '/sessions' })).toEqual([]);
    expect(problems({ PUBLIC_URL: 'https://example.com', BASE_PATH: '/sessions' })).toEqual([
      'PUBLIC_URL: must end with BASE_PATH, which is /sessions',
    ]);
  });
});

describe('global token revocation', () => {
  const whole = {
    GLOBAL_REVOCATION_JWKS_URL: 'https://acme.okta.example/oauth2/v1/keys',
    GLOBAL_REVOCATION_ISSUER: 'https://acme.okta.example',
    GLOBAL_REVOCATION_AUDIENCE: 'https://sessions.example/global-token-revocation',
  };

  it('needs keys, an issuer and an audience', () => {
    expect(problems({ ...fusionAuth, ...whole })).toEqual([]);
    for (const name of Object.keys(whole)) {
      expect(problems({ ...fusionAuth, ...whole, [name]: '' })).toEqual([
        expect.stringMatching(`^${name}: is required together with GLOBAL_REVOCATION_`),
      ]);
    }
  });

  it('takes keys over TLS only', () => {
    expect(problems({ ...fusionAuth, ...whole, GLOBAL_REVOCATION_JWKS_URL: 'http://acme.okta.example/keys' })).toEqual([
      'GLOBAL_REVOCATION_JWKS_URL: must be a URL that begins with https:// and holds no password',
    ]);
  });

  it('stays in the tenant of the service', () => {
    const env = { ...fusionAuth, ...whole, FUSIONAUTH_TENANT_ID: tenant, GLOBAL_REVOCATION_TENANT_ID: other };
    expect(problems(env)).toEqual([
      'GLOBAL_REVOCATION_TENANT_ID: must be FUSIONAUTH_TENANT_ID, outside which nothing is done',
    ]);
  });
});
