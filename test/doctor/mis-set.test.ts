import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededEvents } from '../../src/doctor/needed-events.js';
import type { SetUpFinding } from '../../src/domain/set-up-finding.js';
import { eventSchemas } from '../../src/webhook/event-schemas.js';
import { claimsFor, signAsFusionAuth } from '../support/access-tokens.js';
import { type RawServer, startRawServer, unusedUrl } from '../support/raw-server.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import { createWorld, secrets, shopId, type World } from './world.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { WEBHOOK_SIGNATURE: 'jwks' } });
});

afterAll(() => service[Symbol.asyncDispose]());

interface MisSet {
  readonly what: string;
  readonly spoil: (world: World) => unknown;
  /** What doctor has to say. */
  readonly line: Pick<SetUpFinding, 'check' | 'state'> & { readonly says: string };
  readonly args?: (world: World) => readonly string[];
  readonly input?: (world: World) => Promise<string>;
}

const problem = (check: string, says: string) => ({ check, state: 'problem', says }) as const;
const warning = (check: string, says: string) => ({ check, state: 'warning', says }) as const;

const stranger = 'd0000000-0000-4000-8000-00000000ffff';
const day = 86_400;

/** A token for the shop, signed with the emulator's key, whatever it says. */
const tokenWith = (claims: Record<string, unknown>) => ({
  args: () => ['--token-file', '-'],
  input: ({ emulator }: World) => signAsFusionAuth(emulator, claimsFor(emulator, stranger, { aud: shopId, ...claims })),
});

function eventsWithout({ emulator }: World, left: string) {
  const { events } = emulator.store.tenantOrThrow(emulator.tenantId).eventConfiguration;
  const { [left]: _left, ...others } = events;
  return { eventConfiguration: { events: others } };
}

async function webhookKey({ emulator, webhook }: World) {
  const { id } = emulator.keys.generate({ name: 'Shared', algorithm: 'HS256' });
  webhook({ signatureConfiguration: { enabled: true, signingKeyId: id } });
}

const policy = (rule: string) => `version: 1\nmode: enforce\nrules:\n  - { name: one, allow: 1, ${rule} }\n`;

const misSet: readonly MisSet[] = [
  {
    what: 'a FusionAuth that does not run',
    spoil: async ({ env }) => Object.assign(env, { FUSIONAUTH_URL: await unusedUrl() }),
    line: problem('connection', 'nothing listens there'),
  },
  {
    what: 'a host that does not exist',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_URL: 'http://fusionauth.invalid:9011' }),
    line: problem('connection', 'fusionauth.invalid:9011'),
  },
  {
    what: 'https in place of http',
    spoil: ({ env, emulator }) => Object.assign(env, { FUSIONAUTH_URL: emulator.url.replace('http', 'https') }),
    line: problem('connection', 'does not speak https on this port: write http'),
  },
  {
    what: 'a key that FusionAuth does not have',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_API_KEY: 'another-secret-key' }),
    line: problem('connection', 'refuses FUSIONAUTH_API_KEY'),
  },
  {
    what: 'a key that may not end sessions',
    spoil: ({ endpoints }) => Object.assign(endpoints, { '/api/jwt/refresh': ['GET'] }),
    line: problem('api-key', 'lacks DELETE on /api/jwt/refresh'),
  },
  {
    what: 'a key that may not search users',
    spoil: ({ endpoints }) => Object.assign(endpoints, { '/api/user/search': [] }),
    line: warning('api-key', 'lacks POST on /api/user/search'),
  },
  {
    what: 'a key without any restriction',
    spoil: ({ env, emulator }) => Object.assign(env, { FUSIONAUTH_API_KEY: emulator.apiKey }),
    line: warning('api-key', 'may do everything'),
  },
  {
    what: 'a key that may read users besides',
    spoil: ({ endpoints }) => Object.assign(endpoints, { '/api/user': ['GET'] }),
    line: warning('api-key', 'more than the service needs: GET on /api/user'),
  },
  {
    what: 'an audit log that the key may not write',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_AUDIT_LOG: 'true' }),
    line: problem('api-key', 'lacks POST on /api/system/audit-log'),
  },
  {
    what: 'a tenant that does not exist',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_TENANT_ID: stranger }),
    line: problem('tenant', `no tenant ${stranger}`),
  },
  {
    what: 'two tenants and none named',
    spoil({ env, emulator }) {
      emulator.store.addTenant({ name: 'Other' });
      Object.assign(env, { FUSIONAUTH_TENANT_ID: '' });
    },
    line: warning('tenant', 'FUSIONAUTH_TENANT_ID is not set'),
  },
  {
    what: 'a clock that is a minute ahead',
    spoil: ({ emulator }) => emulator.clock.advance(60_000),
    line: problem('clock', 'seconds ahead of'),
  },
  {
    what: 'a clock that is ten seconds behind',
    spoil: ({ emulator }) => emulator.clock.advance(-12_000),
    line: warning('clock', 'seconds behind'),
  },
  {
    what: 'an application without refresh tokens',
    spoil({ application, shop }) {
      const loginConfiguration = { ...shop.loginConfiguration, generateRefreshTokens: false };
      const oauthConfiguration = { ...shop.oauthConfiguration, enabledGrants: ['authorization_code'] };
      application({ loginConfiguration, oauthConfiguration });
    },
    line: warning('refresh-tokens', 'Acme Shop makes no refresh tokens'),
  },
  {
    what: 'sessions that are shorter than their access tokens',
    spoil: ({ tokens }) => tokens({ timeToLiveInSeconds: 600, refreshTokenTimeToLiveInMinutes: 5 }),
    line: warning(
      'refresh-tokens',
      'end 5 minutes after they began, before their access tokens, which live 10 minutes',
    ),
  },
  {
    what: 'access tokens that outlive what is remembered',
    spoil: ({ tokens }) => tokens({ timeToLiveInSeconds: 2 * day }),
    line: problem('access-tokens', 'Set MAX_ACCESS_TOKEN_LIFETIME_SECONDS to 172800'),
  },
  {
    what: 'access tokens that live a day',
    spoil: ({ tokens }) => tokens({ timeToLiveInSeconds: day }),
    line: warning('access-tokens', 'of Acme Shop live 1 day'),
  },
  {
    what: 'an event that is off in the tenant',
    spoil: (world) => world.tenant(eventsWithout(world, 'jwt.refresh-token.revoke')),
    line: problem('events', 'jwt.refresh-token.revoke is off in the tenant Default'),
  },
  {
    what: 'an event that holds sign-ins up',
    spoil: ({ emulator }) => emulator.store.enableEvents(['user.login.success'], 'AbsoluteMajority'),
    line: warning('events', 'user.login.success has the transaction type AbsoluteMajority'),
  },
  {
    what: 'deny-new without a transaction',
    spoil: async ({ env, file }) => Object.assign(env, { POLICY_FILE: await file(policy('overflow: deny-new')) }),
    line: problem('events', 'a rule with deny-new has no effect'),
  },
  {
    what: 'no events at all',
    spoil: ({ env }) => Object.assign(env, { WEBHOOK_SIGNATURE: '' }),
    line: warning('events', 'takes no events of FusionAuth'),
  },
  {
    what: 'no webhook',
    spoil: ({ emulator }) => emulator.store.webhooks.clear(),
    line: problem('webhook', 'no webhook whose URL ends in /webhooks/fusionauth'),
  },
  {
    what: 'two webhooks',
    spoil: ({ emulator, env }) => emulator.store.addWebhook({ url: `${env['PUBLIC_URL']}/webhooks/fusionauth` }),
    line: warning('webhook', '2 webhooks for the service'),
  },
  {
    what: 'an event that is off in the webhook',
    spoil: ({ webhook }) => webhook({ eventsEnabled: { 'jwt.refresh-token.revoke': true } }),
    line: problem('webhook', 'user.deactivate is off in the webhook'),
  },
  {
    what: 'a webhook of another tenant',
    spoil: ({ webhook }) => webhook({ global: false, tenantIds: [stranger] }),
    line: problem('webhook', 'No webhook for the service has the tenant Default'),
  },
  {
    what: 'a webhook that does not sign',
    spoil: ({ webhook }) => webhook({ signatureConfiguration: { enabled: false } }),
    line: problem('webhook', 'does not sign its deliveries'),
  },
  {
    what: 'a webhook that signs with a secret key',
    spoil: webhookKey,
    line: problem('webhook', 'signs its deliveries by HS256'),
  },
  {
    what: 'a webhook with another password',
    spoil({ env, webhook }) {
      Object.assign(env, { WEBHOOK_USERNAME: 'fusionauth', WEBHOOK_PASSWORD: secrets.webhookPassword });
      webhook({ httpAuthenticationUsername: 'fusionauth', httpAuthenticationPassword: 'secret-of-yesterday' });
    },
    line: problem('webhook', 'sends another user name or password'),
  },
  {
    what: 'a webhook without its header',
    spoil: ({ env }) =>
      Object.assign(env, { WEBHOOK_HEADER_NAME: 'x-hook', WEBHOOK_HEADER_VALUE: secrets.webhookPassword }),
    line: problem('webhook', 'does not send the header'),
  },
  {
    what: 'a webhook that gives deliveries up early',
    spoil: ({ webhook }) => webhook({ readTimeout: 500 }),
    line: warning('webhook', 'the read timeout of 500 ms'),
  },
  {
    what: 'a webhook that leads nowhere',
    spoil: async ({ webhook }) => webhook({ url: `${await unusedUrl()}/webhooks/fusionauth` }),
    line: warning('webhook-reach', 'Nothing answers at'),
  },
  {
    what: 'a webhook to a path that the service does not have',
    spoil: ({ webhook, env }) => webhook({ url: `${env['PUBLIC_URL']}/sessions/webhooks/fusionauth` }),
    line: problem('webhook-reach', 'answers 404'),
  },
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

const matching = (findings: readonly SetUpFinding[], { check, state, says }: MisSet['line']) =>
  findings.filter((one) => one.check === check && one.state === state && one.message.includes(says));

describe('doctor', () => {
  it('finds nothing to mend where all is as the guides say', async () => {
    await using world = await createWorld(service.url);
    const { findings, exitCode, problem: said } = await world.diagnose();
    expect(said).toBe('');
    expect(findings.filter(({ state }) => state === 'problem' || state === 'warning')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(new Set(findings.map(({ check }) => check)).size).toBeGreaterThan(15);
  });

  it.each(misSet)('finds $what', async ({ spoil, line, args, input }) => {
    await using world = await createWorld(service.url);
    await spoil(world);
    const { findings, exitCode, output, problem: said } = await world.diagnose(args?.(world), await input?.(world));
    expect(said).toBe('');
    expect(matching(findings, line), output).toHaveLength(1);
    expect(exitCode).toBe(findings.some(({ state }) => state === 'problem') ? 1 : 0);
    for (const secret of Object.values(secrets)) expect(output).not.toContain(secret);
    expect(output).not.toMatch(/secret-of-yesterday|another-secret-key|eyJ/);
    for (const { message } of findings) expect(message).not.toMatch(/[\n\r]/);
  });

  it('leaves out what depends on a FusionAuth that does not answer, and says why', async () => {
    await using world = await createWorld(service.url);
    world.env['FUSIONAUTH_URL'] = await unusedUrl();
    const { findings } = await world.diagnose();
    const left = findings.filter(({ message }) => message === 'Not checked, because of what was found by: connection.');
    expect(left.every(({ state }) => state === 'notChecked')).toBe(true);
    expect(left.map(({ check }) => check)).toEqual(expect.arrayContaining(['events', 'webhook', 'api-key', 'callers']));
    expect(findings).toContainEqual(expect.objectContaining({ check: 'public-url', state: 'ok' }));
  });

  it('says which permission a look takes that the key does not have, and uses another key for it', async () => {
    await using world = await createWorld(service.url);
    for (const path of ['/api/webhook', '/api/group', '/api/key', '/api/system/version']) delete world.endpoints[path];
    const without = await world.diagnose();
    expect(
      matching(without.findings, { check: 'webhook', state: 'notChecked', says: 'GET on /api/webhook' }),
    ).toHaveLength(1);
    expect(without.exitCode).toBe(0);
    const path = await world.file(`${world.emulator.apiKey}\n`);
    const { findings, output } = await world.diagnose(['--key-file', path]);
    expect(findings.filter(({ state, check }) => state === 'notChecked' && check !== 'streams')).toEqual([]);
    expect(output).not.toContain(world.emulator.apiKey);
  });

  it('tries streams with a service key, and finds a proxy that holds them back', async () => {
    await using world = await createWorld(service.url);
    const key = service.key(['event:subscribe']);
    const direct = await world.diagnose(['--token-file', '-'], key);
    expect(matching(direct.findings, { check: 'streams', state: 'ok', says: 'Streams arrive at once' })).toHaveLength(
      1,
    );
    await using proxy = await holdingBack(service.url);
    const behind = await world.diagnose(['--token-file', '-', '--url', proxy.url], key);
    expect(matching(behind.findings, problem('streams', 'holds streams back'))).toHaveLength(1);
    expect(behind.output).not.toContain(key);
  });

  it('accepts a token that the service accepts', async () => {
    await using world = await createWorld(service.url);
    const token = await signAsFusionAuth(
      world.emulator,
      claimsFor(world.emulator, stranger, { aud: shopId, roles: ['support'] }),
    );
    const { findings } = await world.diagnose(['--token-file', '-'], token);
    expect(matching(findings, { check: 'token', state: 'ok', says: 'of a user with session:read' })).toHaveLength(1);
  });

  it('looks at a thousand applications, and names fifty at most', async () => {
    await using world = await createWorld(service.url);
    const { store } = world.emulator;
    for (let count = 0; count < 1_000; count++) {
      store.addApplication({
        name: `Silent ${count}`,
        loginConfiguration: { generateRefreshTokens: false },
        oauthConfiguration: { generateRefreshTokens: false },
      });
    }
    const { findings } = await world.diagnose();
    const found = findings.filter(({ check }) => check === 'refresh-tokens');
    expect(found).toHaveLength(51);
    expect(found.at(-1)?.message).toMatch(/^95\d more findings of this kind/);
  });

  it('ends with 2 for a configuration that cannot be used, and names each fault', async () => {
    await using world = await createWorld(service.url);
    Object.assign(world.env, { PORT: 'many', ACCESS_TOKEN_ISSUERS: '' });
    const { findings, exitCode } = await world.diagnose();
    expect(exitCode).toBe(2);
    expect(findings.every(({ check, state }) => check === 'configuration' && state === 'problem')).toBe(true);
    expect(findings.map(({ message }) => message).join()).toMatch(/PORT: .*ACCESS_TOKEN_ISSUERS: /);
  });

  it.each([[['--token', 'eyJ']], [['--url', 'sessions']], [['now']]])(
    'ends with 2 for the options %j',
    async (args) => {
      await using world = await createWorld(service.url);
      const { exitCode, problem: said, output } = await world.diagnose(args);
      expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
      expect(said).toContain('Usage: fusionauth-sessions doctor');
    },
  );

  it('ends with 2 for a file that cannot be read', async () => {
    await using world = await createWorld(service.url);
    const { exitCode, problem: said } = await world.diagnose(['--key-file', '/nowhere/at/all']);
    expect({ exitCode, said }).toEqual({ exitCode: 2, said: '--key-file: /nowhere/at/all cannot be read (ENOENT)\n' });
  });

  it('asks for events that the service handles', () => {
    const needed = [...neededEvents(false), ...neededEvents(true)].map(({ type }) => type);
    expect(needed.filter((type) => !eventSchemas.has(type))).toEqual([]);
  });
});

/** Passes everything on, and streams only once they are over. */
function holdingBack(target: string): Promise<RawServer> {
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
