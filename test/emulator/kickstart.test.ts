import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommandLine, startFromCommandLine } from '../../src/emulator/command-line.js';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.js';
import { describeRefusal, runKickstart } from '../../src/emulator/kickstart/kickstart.js';
import { readKickstart } from '../../src/emulator/kickstart/read-kickstart.js';
import { callApi, signIn } from '../support/api-client.js';
import { startWebhookReceiver } from '../support/webhook-receiver.js';
import { kickstartFolders } from './fixtures-kickstart.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kickstart-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function file(content: unknown, name = 'kickstart.json'): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 1));
  return path;
}

async function kickstarted(
  content: unknown,
  environment: Record<string, string> = {},
  options: EmulatorOptions = {},
): Promise<Emulator> {
  const kickstart = readKickstart(await file(content), environment);
  const { apiKey, tenantId, tenantManagerApplicationId } = kickstart;
  const emulator = await startEmulator({ apiKey, tenantId, tenantManagerApplicationId, ...options });
  const refusals = await runKickstart(emulator, kickstart);
  if (refusals.length > 0) {
    await emulator[Symbol.asyncDispose]();
    throw new Error(refusals.map((refusal) => describeRefusal('kickstart.json', refusal)).join('\n'));
  }
  return emulator;
}

const apiKeys = [{ key: 'first key' }];

it('sets an instance up as its documentation shows: key, application, user, webhook, tenant', async () => {
  const applicationId = '85a03867-dccf-4882-adde-1a79aeec50df';
  await using emulator = await kickstarted(
    {
      variables: {
        applicationId,
        defaultTenantId: '00000000-0000-0000-0000-111111111111',
        keyId: '#{UUID()}',
        password: '#{ENV.ADMIN_PASSWORD}',
      },
      apiKeys: [
        { key: '#{ENV.API_KEY}', description: 'Unrestricted' },
        { key: 'reader', permissions: { endpoints: { '/api/tenant': ['GET'] } } },
      ],
      requests: [
        {
          method: 'POST',
          url: '/api/key/generate/#{keyId}',
          tenantId: '#{defaultTenantId}',
          body: { key: { algorithm: 'RS256', name: 'For the app', length: 2048 } },
        },
        {
          method: 'POST',
          url: '/api/application/#{applicationId}',
          body: {
            application: {
              name: 'App',
              jwtConfiguration: { enabled: true, accessTokenKeyId: '#{keyId}', timeToLiveInSeconds: 300 },
              loginConfiguration: { generateRefreshTokens: true, allowTokenRefresh: true },
              roles: [{ name: 'user', isDefault: true }],
            },
          },
        },
        {
          method: 'POST',
          url: '/api/user/registration',
          body: {
            user: { email: 'richard@example.com', password: '#{password}' },
            registration: { applicationId: '#{applicationId}', data: { note: '\\#{not a variable}' } },
          },
        },
        {
          method: 'POST',
          url: '/api/webhook',
          body: {
            webhook: {
              url: 'http://127.0.0.1:1/',
              connectTimeout: 10,
              readTimeout: 10,
              global: true,
              eventsEnabled: { 'jwt.refresh-token.revoke': true },
            },
          },
        },
        {
          method: 'PATCH',
          url: '/api/tenant/#{FUSIONAUTH_TENANT_ID}',
          body: { tenant: { eventConfiguration: { events: { 'jwt.refresh-token.revoke': { enabled: true } } } } },
        },
      ],
    },
    { API_KEY: 'super', ADMIN_PASSWORD: 'password' },
  );

  expect([emulator.apiKey, emulator.tenantId]).toEqual(['super', '00000000-0000-0000-0000-111111111111']);
  const login = await signIn(emulator, 'richard@example.com', applicationId);
  const { userId } = emulator.store.session(login.refreshTokenId) ?? {};
  expect(emulator.store.users.get(userId ?? '')?.registrations).toMatchObject([
    { roles: ['user'], data: { note: '#{not a variable}' } },
  ]);
  expect(emulator.store.tenantOrThrow(emulator.tenantId).eventConfiguration.events).toEqual({
    'jwt.refresh-token.revoke': { enabled: true, transactionType: 'None' },
  });
  expect((await callApi(emulator, 'GET', '/api/tenant', { authorization: 'reader' })).status).toBe(200);
  expect((await callApi(emulator, 'GET', '/api/application', { authorization: 'reader' })).status).toBe(401);
});

it('includes texts and JSON of other files', async () => {
  await writeFile(join(directory, 'name.txt'), 'Shop of #{owner}');
  await file({ application: { name: '@{name.txt}' } }, 'application.json');
  await using emulator = await kickstarted({
    variables: { owner: 'Ann' },
    apiKeys,
    requests: [{ method: 'POST', url: '/api/application', body: '&{application.json}' }],
  });
  expect([...emulator.store.applications.values()].map(({ name }) => name)).toContain('Shop of Ann');
});

it('includes files that editors have begun with a byte order mark', async () => {
  await writeFile(join(directory, 'marked.txt'), '\uFEFFMarked shop');
  await writeFile(
    join(directory, 'marked.json'),
    `\uFEFF${JSON.stringify({ application: { name: '@{marked.txt}' } })}`,
  );
  await using emulator = await kickstarted({
    apiKeys,
    requests: [{ method: 'POST', url: '/api/application', body: '&{marked.json}' }],
  });
  expect([...emulator.store.applications.values()].map(({ name }) => name)).toContain('Marked shop');
});

describe('a file of a kind that teams have', () => {
  it.each(kickstartFolders)('starts: $name', async ({ files }) => {
    await Promise.all(Object.entries(files).map(([name, content]) => file(content, name)));
    await using emulator = await kickstarted(files['kickstart.json']);
    expect(emulator.url).toContain('http');
  });

  it('keeps what it says: escapes, variables and included texts', async () => {
    const [escapes, included] = [kickstartFolders[4], kickstartFolders[5]];
    await using first = await kickstarted(escapes?.files['kickstart.json']);
    const { data } = [...first.store.applications.values()].find(({ name }) => name === 'Variables') ?? {};
    expect(data).toMatchObject({
      manager: '9a145715-bfbd-4c06-bff2-009315b9761e 9a145715-bfbd-4c06-bff2-009315b9761e',
      escaped: '#{a} @{b.txt} &{c.json}',
      alone: '&{c.json}',
    });
    expect(first.store.applications.get('9a145715-bfbd-4c06-bff2-009315b9761e')?.name).toBe('Tenant Manager');
    await Promise.all(Object.entries(included?.files ?? {}).map(([name, content]) => file(content, name)));
    await using second = await kickstarted(included?.files['kickstart.json']);
    const found = [...second.store.applications.values()].find(({ name }) => name === 'Included');
    expect(found?.data).toEqual({ note: 'by a-key-for-kickstart-files' });
  });

  it('is told once of each kind that is kept without effect, and refused in strict mode', async () => {
    const folder = kickstartFolders[3];
    await Promise.all(Object.entries(folder?.files ?? {}).map(([name, content]) => file(content, name)));
    const kept: string[] = [];
    await using emulator = await kickstarted(
      folder?.files['kickstart.json'],
      {},
      { onKept: (name) => kept.push(name) },
    );
    expect(kept).toEqual([...new Set(kept)]);
    expect(kept).toEqual(expect.arrayContaining(['themes', 'e-mail templates', 'lambdas', 'entities', 'families']));
    expect(emulator.store.documents.of('/api/theme').size).toBe(2);
    await expect(kickstarted(folder?.files['kickstart.json'], {}, { isStrict: true })).rejects.toThrow('[NotEmulated]');
  });
});

it('imports users who can sign in by plain and by PBKDF2 passwords, and says which passwords it cannot check', async () => {
  const folder = kickstartFolders.find(({ name }) => name.startsWith('imported users'));
  const kept: string[] = [];
  await using emulator = await kickstarted(folder?.files['kickstart.json'], {}, { onKept: (name) => kept.push(name) });
  const login = async (loginId: string, password: string) =>
    (await callApi(emulator, 'POST', '/api/login', { body: { loginId, password } })).status;
  expect(await login('plain@example.com', 'password')).toBe(200);
  expect(await login('hashed@example.com', 'password')).toBe(200);
  expect(await login('hashed@example.com', 'passwort')).toBe(404);
  expect(await login('other@example.com', 'y')).toBe(404);
  expect(kept).toContain('passwords hashed by bcrypt');
  const user = emulator.store.users.findByEmail(emulator.tenantId, 'plain@example.com');
  expect(user?.registrations).toMatchObject([{ roles: ['buyer'] }]);
  expect(emulator.store.sessions.findByToken('imported')).toBeDefined();
});

it('passes over what FusionAuth has and the emulator does not, and says so, unless it is to be strict', async () => {
  const requests = [{ method: 'POST', url: '/api/identity-provider/start', body: { loginId: 'x' } }];
  const path = await file({ apiKeys, requests });
  const start = async (...args: string[]) => {
    let written = '';
    const write = (text: string) => {
      written += text;
    };
    const command = parseCommandLine(['--port', '0', '--kickstart', path, ...args], write);
    await using _running = command === undefined ? undefined : await startFromCommandLine(command, {}, write);
    return written;
  };
  expect(await start()).toContain('Passed over, as the emulator does not have it: POST /api/identity-provider/start\n');
  await expect(start('--strict')).rejects.toThrow('was answered 501');
});

it('announces that it is done to the webhooks that want to know, once, and only when nothing was refused', async () => {
  await using receiver = await startWebhookReceiver();
  const webhook = {
    url: receiver.url,
    global: true,
    connectTimeout: 1_000,
    readTimeout: 1_000,
    eventsEnabled: { 'kickstart.success': true },
  };
  const create = { method: 'POST', url: '/api/webhook', body: { webhook } };
  await using emulator = await kickstarted({ apiKeys, requests: [create] });
  await emulator.events.settled();
  expect(receiver.deliveries.map(({ event }) => event)).toMatchObject([
    { type: 'kickstart.success', instanceId: expect.any(String) },
  ]);
  const refused = { method: 'POST', url: '/api/application', body: {} };
  await expect(kickstarted({ apiKeys, requests: [create, refused] })).rejects.toThrow('400');
  expect(receiver.deliveries).toHaveLength(1);
});
