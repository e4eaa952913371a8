import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { readKickstart, runKickstart } from '../../src/emulator/kickstart/kickstart.js';
import { callApi, signIn } from './api-client.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kickstart-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function file(content: object, name = 'kickstart.json'): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

async function kickstarted(content: object, environment: Record<string, string> = {}): Promise<Emulator> {
  const kickstart = readKickstart(await file(content), environment);
  const emulator = await startEmulator({ apiKey: kickstart.apiKey, tenantId: kickstart.tenantId });
  try {
    await runKickstart(emulator, kickstart);
  } catch (error) {
    await emulator[Symbol.asyncDispose]();
    throw error;
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

describe('a file that cannot be carried out', () => {
  it('is refused with every unknown name at once', async () => {
    const path = await file({
      apiKeys: [{ key: '#{ENV.MISSING}' }],
      requests: [{ method: 'POST', url: '/api/user/#{nobody}', body: '&{nothing.json}' }],
    });
    expect(() => readKickstart(path, {})).toThrow(/#\{ENV\.MISSING\}.*#\{nobody\}.*nothing\.json/s);
  });

  it('is refused when it has no unrestricted first key, or another shape', async () => {
    const none = await file({ requests: [] });
    expect(() => readKickstart(none, {})).toThrow('unrestricted');
    const restricted = await file({ apiKeys: [{ key: 'k', permissions: { endpoints: { '/api/user': ['GET'] } } }] });
    expect(() => readKickstart(restricted, {})).toThrow('unrestricted');
    const wrong = await file({ apiKeys, requests: [{ method: 'DELETE', url: '/api/user' }] });
    expect(() => readKickstart(wrong, {})).toThrow('requests[0].method');
  });

  it('is refused when a file includes itself', async () => {
    await file({ again: '&{self.json}' }, 'self.json');
    const path = await file({ apiKeys, requests: [{ method: 'POST', url: '/', body: '&{self.json}' }] });
    expect(() => readKickstart(path, {})).toThrow('include each other');
  });

  it('stops at the first request that is refused', async () => {
    const user = { username: 'ann', password: 'password' };
    const create = { method: 'POST', url: '/api/user', body: { user } };
    await expect(kickstarted({ apiKeys, requests: [create, create] })).rejects.toThrow(
      /request 1, POST \/api\/user, was answered 400 .*\[duplicate\]user\.username/,
    );
  });
});
