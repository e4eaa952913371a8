import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Config, parseConfig, type Secrets } from '../../src/config/config.js';
import { permissions } from '../../src/domain/caller.js';

type Environment = Parameters<typeof parseConfig>[0];

function accepted(env: Environment): { config: Config; secrets: Secrets } {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed;
}

function problems(env: Environment): readonly string[] {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problems;
}

const key = 'a-service-key-of-the-shop';
const sha256Of = (text: string) => createHash('sha256').update(text).digest();
const sha256 = sha256Of(key).toString('hex');
const serviceKeys = JSON.stringify([{ name: 'shop', sha256, permissions: ['session:read'] }]);
const production = {
  NODE_ENV: 'production',
  FUSIONAUTH_URL: 'https://auth.example.com',
  FUSIONAUTH_API_KEY: 'the-api-key',
  SERVICE_KEYS: serviceKeys,
};

describe('without any variable', () => {
  it('a demo is configured: emulator, GraphiQL, and a service key with every permission', () => {
    const { config, secrets } = accepted({});
    expect(config).toMatchObject({
      http: { host: '127.0.0.1', port: 4_000, maxBodyBytes: 100_000 },
      graphiql: true,
      introspection: true,
      fusionAuth: { url: null, emulatorPort: 9_011, tenantId: null },
      logLevel: 'info',
    });
    expect(secrets.serviceKeys).toMatchObject([
      { sha256: sha256Of(secrets.demoServiceKey ?? ''), permissions: new Set(permissions) },
    ]);
  });

  it('keys are the known ones of the documentation', () => {
    expect(accepted({}).secrets).toMatchObject({
      demoServiceKey: 'demo-service-key',
      fusionAuthApiKey: 'demo-fusionauth-key',
    });
  });

  it('keys differ from start to start where others than this machine can reach them', () => {
    const env = { HOST: '0.0.0.0' };
    const [one, other] = [accepted(env).secrets, accepted(env).secrets];
    expect(one.demoServiceKey).not.toBe(other.demoServiceKey);
    expect(one.fusionAuthApiKey).not.toBe(other.fusionAuthApiKey);
  });

  it('every time has a limit', () => {
    const { config } = accepted({});
    // Not that of a drain, which only production needs.
    const times = JSON.stringify({ ...config, http: { ...config.http, drainMs: 1 } }).match(/"\w+Ms":[^,}]+/g) ?? [];
    expect(times.length).toBeGreaterThan(6);
    for (const time of times) expect(Number(time.split(':')[1])).toBeGreaterThan(0);
  });

  it('an empty variable counts as none', () => {
    expect(accepted({ PORT: '', FUSIONAUTH_URL: '', SERVICE_KEYS: '', GRAPHIQL: '' }).config.http.port).toBe(4_000);
  });
});

describe('in production', () => {
  it('nothing of the demo is on', () => {
    const { config, secrets } = accepted(production);
    expect(config).toMatchObject({
      graphiql: false,
      introspection: false,
      fusionAuth: { url: 'https://auth.example.com' },
    });
    expect(secrets.demoServiceKey).toBeNull();
    expect(secrets.fusionAuthApiKey).toBe('the-api-key');
  });

  it('all that is missing is listed at once', () => {
    expect(problems({ NODE_ENV: 'production' })).toEqual([
      'FUSIONAUTH_URL: is required with NODE_ENV=production',
      'FUSIONAUTH_API_KEY: is required with NODE_ENV=production',
      'SERVICE_KEYS: is required with NODE_ENV=production',
    ]);
  });

  it.each(['DEMO_SERVICE_KEY', 'DEMO_FUSIONAUTH_API_KEY'])('%s is refused', (name) => {
    expect(problems({ ...production, [name]: 'known-to-everybody' })).toEqual([
      `${name}: is not accepted with NODE_ENV=production`,
    ]);
  });

  it('GraphiQL and introspection can be switched on', () => {
    expect(accepted({ ...production, GRAPHIQL: 'true', INTROSPECTION: 'true' }).config).toMatchObject({
      graphiql: true,
      introspection: true,
    });
  });
});

it('queries that come again are compiled unless that is switched off', () => {
  expect(accepted({}).config.compileQueries).toBe(true);
  expect(accepted({ COMPILE_QUERIES: 'false' }).config.compileQueries).toBe(false);
});

describe('a value that is not usable', () => {
  const wholeNumbers = [
    'FUSIONAUTH_REQUEST_TIMEOUT_MS',
    'FUSIONAUTH_CALL_BUDGET_MS',
    'FUSIONAUTH_MAX_ATTEMPTS',
    'FUSIONAUTH_MAX_CONCURRENT_CALLS',
    'FUSIONAUTH_MAX_QUEUED_CALLS',
    'SETTINGS_MAX_AGE_MS',
    'MAX_BODY_BYTES',
    'REQUEST_TIMEOUT_MS',
    'ENDING_BUDGET_MS',
    'USER_LOCK_MAX_WAIT_MS',
    'READINESS_MAX_AGE_MS',
    'SHUTDOWN_TIMEOUT_MS',
  ];
  const notWhole = ['0', '-1', '1.5', '2s', 'Infinity', 'NaN', '99999999999', 'null'];

  it.each([
    ...wholeNumbers.flatMap((name) => notWhole.map((value) => [name, value])),
    ...['PORT', 'EMULATOR_PORT'].flatMap((name) => ['-1', '65536', '80.5', 'http'].map((value) => [name, value])),
    ...['GRAPHIQL', 'INTROSPECTION', 'COMPILE_QUERIES', 'FUSIONAUTH_AUDIT_LOG'].flatMap((name) =>
      ['yes', '1', 'TRUE', 'on'].map((value) => [name, value]),
    ),
    ...['verbose', 'INFO'].map((value) => ['LOG_LEVEL', value]),
    ...['a key with spaces in it', 'x'.repeat(257)].map((value) => ['DEMO_SERVICE_KEY', value]),
    ...['with "quotes" in it'].map((value) => ['DEMO_FUSIONAUTH_API_KEY', value]),
  ] as [string, string][])('is named: %s=%s', (name, value) => {
    expect(problems({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: must be `))]);
  });

  it.each([
    ['FUSIONAUTH_URL', 'ftp://auth.example.com'],
    ['FUSIONAUTH_URL', 'https://auth.example.com?x=1'],
    ['FUSIONAUTH_URL', 'https://auth.example.com#x'],
    ['FUSIONAUTH_URL', 'https://admin:hunter2@auth.example.com'],
    ['FUSIONAUTH_API_KEY', 'hunter2 hunter2'],
    ['FUSIONAUTH_API_KEY', 'hunter2\n'],
    ['FUSIONAUTH_TENANT_ID', 'default'],
    ['SERVICE_KEYS', 'hunter2'],
  ])('is named and not repeated: %s=%s', (name, value) => {
    const found = problems({ ...production, [name]: value });
    expect(found).toEqual([expect.stringMatching(new RegExp(`^${name}: must `))]);
    expect(found.join()).not.toContain('hunter2');
  });

  it('is named once: FUSIONAUTH_URL=auth.example.com', () => {
    expect(problems({ ...production, FUSIONAUTH_URL: 'auth.example.com' })).toEqual([
      'FUSIONAUTH_URL: must be a URL such as https://auth.example.com, of http or https, without credentials, query and fragment',
    ]);
  });

  it('that is blank is refused, not read as port 0', () => {
    expect(problems({ PORT: ' ' })).toEqual([expect.stringMatching(/^PORT: must be /)]);
  });

  it('does not hide another one', () => {
    expect(problems({ NODE_ENV: 'production', PORT: 'x', LOG_LEVEL: 'x', GRAPHIQL: 'x' })).toHaveLength(6);
  });
});

describe('variables that contradict each other', () => {
  it.each([
    [{ FUSIONAUTH_URL: 'http://localhost:9011' }, 'FUSIONAUTH_API_KEY: is required together with FUSIONAUTH_URL'],
    [{ FUSIONAUTH_API_KEY: 'key' }, 'FUSIONAUTH_URL: is required together with FUSIONAUTH_API_KEY'],
    [
      { SERVICE_KEYS: serviceKeys, DEMO_SERVICE_KEY: 'x'.repeat(16) },
      'DEMO_SERVICE_KEY: is not accepted together with SERVICE_KEYS',
    ],
  ])('are refused: %j', (env, problem) => {
    expect(problems(env)).toEqual([problem]);
  });
});

describe('SERVICE_KEYS', () => {
  const valid = { name: 'shop', sha256, permissions: ['session:read'] };

  it('holds names, hashes and permissions', () => {
    const { secrets } = accepted({ SERVICE_KEYS: serviceKeys });
    expect(secrets.serviceKeys).toMatchObject([
      { name: 'shop', sha256: sha256Of(key), permissions: new Set(['session:read']) },
    ]);
    expect(secrets.demoServiceKey).toBeNull();
  });

  it('accepts a hash in capitals', () => {
    const { secrets } = accepted({ SERVICE_KEYS: JSON.stringify([{ ...valid, sha256: sha256.toUpperCase() }]) });
    expect(secrets.serviceKeys[0]?.sha256.toString('hex')).toBe(sha256);
  });

  it.each(['2027-01-31T00:00:00Z', '2027-01-31t00:00:00z', '2027-01-31T01:00:00.000+01:00'])(
    'takes the instant %s at which a key expires',
    (expiresAt) => {
      const { secrets } = accepted({ SERVICE_KEYS: JSON.stringify([{ ...valid, expiresAt }]) });
      expect(secrets.serviceKeys[0]?.expiresAt).toBe(Date.UTC(2027, 0, 31));
    },
  );

  it('says of a leap second at which a key would expire that none is accepted', () => {
    const found = problems({ SERVICE_KEYS: JSON.stringify([{ ...valid, expiresAt: '2016-12-31T23:59:60Z' }]) });
    expect(found).toEqual([expect.stringMatching(/^SERVICE_KEYS\.0\.expiresAt: .*without leap seconds/)]);
  });

  it.each<[string, unknown, string]>([
    ['no list', valid, 'SERVICE_KEYS'],
    ['an empty list', [], 'SERVICE_KEYS'],
    ['a key twice', [valid, { ...valid, name: 'other' }], 'SERVICE_KEYS'],
    ['101 keys', Array.from({ length: 101 }, () => valid), 'SERVICE_KEYS'],
    ['a key in clear', [{ name: 'shop', key, permissions: ['session:read'] }], 'SERVICE_KEYS.0'],
    ['a member too many', [{ ...valid, comment: 'x' }], 'SERVICE_KEYS.0'],
    ['no name', [{ sha256, permissions: ['session:read'] }], 'SERVICE_KEYS.0.name'],
    ['a name with spaces', [{ ...valid, name: 'the shop' }], 'SERVICE_KEYS.0.name'],
    ['a short hash', [{ ...valid, sha256: 'abc' }], 'SERVICE_KEYS.0.sha256'],
    ['an unknown permission', [{ ...valid, permissions: ['session:fly'] }], 'SERVICE_KEYS.0.permissions.0'],
    ['no permission', [{ ...valid, permissions: [] }], 'SERVICE_KEYS.0.permissions'],
    ['a day without a time', [{ ...valid, expiresAt: '2027-01-31' }], 'SERVICE_KEYS.0.expiresAt'],
    ['a second one that is wrong', [valid, { ...valid, sha256: 'x' }], 'SERVICE_KEYS.1.sha256'],
  ])('with %s is refused, and the place named', (_what, value, place) => {
    const found = problems({ SERVICE_KEYS: JSON.stringify(value) });
    expect(found.map((problem) => problem.split(': ')[0])).toContain(place);
    expect(found.join()).not.toContain(key);
  });
});

it('no secret is inside the part that may be logged', () => {
  const tenantId = '30663132-6464-6665-3032-326466613934';
  const { config, secrets } = accepted({ ...production, FUSIONAUTH_TENANT_ID: tenantId.toUpperCase() });
  const text = JSON.stringify(config);
  expect(text).toContain(tenantId);
  for (const secret of [secrets.fusionAuthApiKey, sha256, key]) expect(text).not.toContain(secret);

  const demo = accepted({ DEMO_SERVICE_KEY: 'demo-service-key-1', DEMO_FUSIONAUTH_API_KEY: 'demo-api-key-12345' });
  expect(JSON.stringify(demo.config)).not.toMatch(/demo-service-key-1|demo-api-key-12345/);
  expect(demo.secrets).toMatchObject({ demoServiceKey: 'demo-service-key-1', fusionAuthApiKey: 'demo-api-key-12345' });
});
