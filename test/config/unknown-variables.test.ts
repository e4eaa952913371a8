import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { environment } from '../../src/config/environment.js';

const known = Object.keys(environment.shape);

function problems(env: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problems;
}

describe('a variable that nobody reads is named with the one that is meant', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['SERVICE_KEY', 'SERVICE_KEYS'],
    ['RECENT_SIGNIN_SECONDS', 'RECENT_SIGN_IN_SECONDS'],
    ['SHUTDOWN_TIMEOUT', 'SHUTDOWN_TIMEOUT_MS'],
    ['SHUTDOWN_TIMEOUT_SECONDS', 'SHUTDOWN_TIMEOUT_MS'],
    ['ACCESS_TOKEN_ISSUER', 'ACCESS_TOKEN_ISSUERS'],
    ['FUSIONAUTH_TENANT', 'FUSIONAUTH_TENANT_ID'],
    ['FUSIONAUTH_APIKEY', 'FUSIONAUTH_API_KEY'],
    ['FUSION_AUTH_URL', 'FUSIONAUTH_URL'],
    ['FUSIONAUTH_HOST', 'FUSIONAUTH_URL'],
    ['WEBHOOK_SECRET', 'WEBHOOK_HMAC_SECRET'],
    ['TRUSTED_DOCUMENTS', 'TRUSTED_DOCUMENTS_FILE'],
    ['MAX_SUBSCRIPTION', 'MAX_SUBSCRIPTIONS'],
    ['OPERATION_TIMEOUT', 'OPERATION_TIMEOUT_MS'],
    ['INTROSPECTON', 'INTROSPECTION'],
    ['log_level', 'LOG_LEVEL'],
  ])('%s: %s', (name, meant) => {
    expect(problems({ [name]: 'x' })).toEqual([`${name}: is not a variable of this service; ${meant} may be meant`]);
  });

  it.each(
    known
      .filter((name) => !['NODE_ENV', 'HOST', 'PORT', 'LOG_LEVEL'].includes(name))
      .map((name) => `${name}_FILE`)
      .filter((name) => !known.includes(name)),
  )('%s: as a file of a variable that is no secret', (name) => {
    const meant = name.slice(0, -'_FILE'.length);
    expect(problems({ [name]: '/run/secrets/x' })).toEqual([
      `${name}: is not a variable of this service, which reads secrets alone from files. Set ${meant} itself`,
    ]);
  });

  it('also after any one slip in a name long enough to be told from others', () => {
    const long = known.filter((name) => name.length >= 12);
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(), fc.constantFrom('drop', 'double', 'swap'), (name, at, slip) => {
        const index = 1 + (at % (name.length - 2));
        const [one = '', other = ''] = [name[index], name[index + 1]];
        const middle = { drop: '', double: one + one, swap: other + one }[slip];
        const slipped = name.slice(0, index) + middle + name.slice(slip === 'swap' ? index + 2 : index + 1);
        fc.pre(!known.includes(slipped));
        expect(problems({ [slipped]: 'x' })).toHaveLength(1);
      }),
    );
  });
});

it('variables of others are none of its business', () => {
  const foreign = [
    ...[
      'FUSIONAUTH_PORT',
      'FUSIONAUTH_PORT_9011_TCP',
      'FUSIONAUTH_PORT_9011_TCP_ADDR',
      'FUSIONAUTH_PORT_9011_TCP_PORT',
    ],
    ...[
      'FUSIONAUTH_PORT_9011_TCP_PROTO',
      'FUSIONAUTH_SERVICE_HOST',
      'FUSIONAUTH_SERVICE_PORT',
      'FUSIONAUTH_SERVICE_PORT_HTTP',
    ],
    ...[
      'FUSIONAUTH_SESSIONS_SERVICE_HOST',
      'FUSIONAUTH_SESSIONS_PORT_4000_TCP',
      'WEBHOOK_SERVICE_HOST',
      'EMULATOR_PORT_9011_TCP',
    ],
    ...['FUSIONAUTH_APP_MEMORY', 'FUSIONAUTH_APP_RUNTIME_MODE', 'FUSIONAUTH_APP_URL', 'FUSIONAUTH_SEARCH_SERVERS'],
    ...['DATABASE_USER', 'DATABASE_PASSWORD', 'POSTGRES_USER', 'OPENSEARCH_JAVA_OPTS', 'WEBHOOK_URL', 'SEARCH_TYPE'],
    ...[
      'HOME',
      'HOSTNAME',
      'HOSTTYPE',
      'PATH',
      'PWD',
      'PORTS',
      'POST',
      'NODE_OPTIONS',
      'NODE_VERSION',
      'NODE_PATH',
      'LOGNAME',
    ],
    ...[
      'npm_config_cache',
      'npm_lifecycle_event',
      'LANG',
      'TZ',
      'CI',
      'KUBERNETES_SERVICE_HOST',
      'KUBERNETES_PORT_443_TCP',
    ],
    ...[
      'GITHUB_GRAPHQL_URL',
      'K_SERVICE',
      'DYNO',
      'AWS_REGION',
      'RATE',
      'MAX_OLD_SPACE_SIZE',
      'REQUESTS_CA_BUNDLE',
      'LOG_FORMAT',
    ],
  ];
  expect(problems(Object.fromEntries(foreign.map((name) => [name, 'x'])))).toEqual([]);
});

it('an unknown variable that is empty counts as none', () => {
  expect(problems({ CORS_ORIGIN: '' })).toEqual([]);
});

it('many long names of others take no time to speak of', () => {
  const env = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`X${index}_${'Y'.repeat(5_000)}`, 'x']));
  expect(problems(env)).toEqual([]);
});
