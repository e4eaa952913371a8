import { generateKeyPairSync } from 'node:crypto';
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator[Symbol.asyncDispose]());

const post = (path: string, key: object) => callApi(emulator, 'POST', `/api/key${path}`, { body: { key } });

async function publishedKids(): Promise<string[]> {
  const answer = await callApi(emulator, 'GET', '/.well-known/jwks.json', { authorization: null });
  return (answer.json() as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

it('publishes imported key pairs and keeps HMAC secrets to itself', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const pair = { privateKey: await exportPKCS8(privateKey), publicKey: await exportSPKI(publicKey) };
  const imported = await post('/import', { algorithm: 'ES256', name: 'Pair', kid: 'pair', ...pair });
  expect(imported.json()).toMatchObject({ key: { kid: 'pair', type: 'EC', hasPrivateKey: true } });
  const secret = await post('/import', { algorithm: 'HS256', name: 'Shared', kid: 'shared', secret: 'swordfish' });
  expect(secret.text).not.toContain('swordfish');

  expect(await publishedKids()).toContain('pair');
  expect(await publishedKids()).not.toContain('shared');
});

it('refuses a key it cannot read and stays as it was', async () => {
  const before = await publishedKids();
  const pair = { privateKey: 'nonsense', publicKey: 'nonsense' };
  expect((await post('/import', { algorithm: 'RS256', name: 'Broken', ...pair })).status).toBe(400);
  expect((await post('/import', { algorithm: 'RS256', name: 'Half', publicKey: 'x' })).status).toBe(400);
  expect((await post('/import', { algorithm: 'RS256', name: 'None' })).json()).toMatchObject({
    fieldErrors: { 'key.publicKey': [{ code: '[missing]key.publicKey' }] },
  });
  expect(await publishedKids()).toEqual(before);
});

it('takes private keys in their older PEM form, and public keys alone, with which no token can be signed', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const older = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const whole = await post('/import', { algorithm: 'RS256', name: 'Older', privateKey: older, publicKey: spki });
  expect(whole.json()).toMatchObject({ key: { hasPrivateKey: true } });
  const half = await post('/import', { algorithm: 'RS256', name: 'Half', kid: 'half', publicKey: spki });
  const { key } = half.json() as { key: { id: string; hasPrivateKey: boolean } };
  expect(key.hasPrivateKey).toBe(false);
  expect(await publishedKids()).toContain('half');
  const tenant = { jwtConfiguration: { accessTokenKeyId: key.id } };
  const answer = await callApi(emulator, 'PATCH', `/api/tenant/${emulator.tenantId}`, { body: { tenant } });
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('accessTokenKeyId')]);
});

it('are searched by name and algorithm', async () => {
  await post('/generate', { algorithm: 'ES384', name: 'Found here', length: 384 });
  const search = { name: 'found', algorithm: 'ES384' };
  const posted = await callApi(emulator, 'POST', '/api/key/search', { body: { search } });
  expect(posted.json()).toMatchObject({ total: 1, keys: [{ name: 'Found here' }] });
  const got = await callApi(
    emulator,
    'GET',
    `/api/key/search?${new URLSearchParams({ ...search, numberOfResults: '1' })}`,
  );
  expect(got.json()).toEqual(posted.json());
});

it('renames and deletes keys by id', async () => {
  const id = '11111111-2222-3333-4444-555555555555';
  const path = `/api/key/${id}`;
  await post(`/generate/${id}`, { algorithm: 'Ed25519', name: 'Old' });
  await callApi(emulator, 'PUT', path, { body: { key: { name: 'New' } } });
  expect((await callApi(emulator, 'GET', path)).json()).toMatchObject({ key: { id, name: 'New', type: 'OKP' } });
  expect((await callApi(emulator, 'DELETE', path)).status).toBe(200);
  expect((await callApi(emulator, 'GET', path)).status).toBe(404);
});

it('keeps keys that tenants, applications and webhooks sign with, and says who does', async () => {
  const [ofTenant, ofShop, ofHook] = ['RS256', 'ES256', 'Ed25519'].map((algorithm, index) => {
    const id = `11111111-2222-3333-4444-00000000000${index}`;
    return { id, made: post(`/generate/${id}`, { algorithm, name: `Key ${index}` }) };
  });
  await Promise.all([ofTenant, ofShop, ofHook].map((key) => key?.made));
  const { store } = emulator;
  const tenant = store.tenantOrThrow(store.defaultTenantId);
  const [first, key] = [tenant.jwtConfiguration.accessTokenKeyId, ofTenant?.id ?? ''];
  tenant.jwtConfiguration.accessTokenKeyId = key;
  const shop = store.addApplication({ name: 'Shop', jwtConfiguration: { accessTokenKeyId: ofShop?.id ?? '' } });
  const hook = store.addWebhook({
    url: 'http://127.0.0.1:1/',
    signatureConfiguration: { enabled: true, signingKeyId: ofHook?.id ?? '' },
  });
  const users = [
    [ofTenant, `tenant ${tenant.id}`],
    [ofShop, `application ${shop.id}`],
    [ofHook, `webhook ${hook.id}`],
  ] as const;
  for (const [one, user] of users) {
    const answer = await callApi(emulator, 'DELETE', `/api/key/${one?.id}`);
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining(`because it is being used by ${user}.`),
    ]);
  }

  // After the rotation to another key it can go.
  if (first !== undefined) tenant.jwtConfiguration.accessTokenKeyId = first;
  expect((await callApi(emulator, 'DELETE', `/api/key/${key}`)).status).toBe(200);
});

it('refuses missing algorithms and names, and taken names and ids', async () => {
  const id = '11111111-2222-3333-4444-666666666666';
  await post(`/generate/${id}`, { algorithm: 'HS256', name: 'Taken' });
  const codes = async (path: string, key: object) => (await post(path, key)).text;

  expect(await codes('/generate', { name: 'x' })).toContain('[missing]key.algorithm');
  expect(await codes('/generate', { algorithm: 'HS256' })).toContain('[blank]key.name');
  expect(await codes('/generate', { algorithm: 'HS256', name: 'Taken' })).toContain('[duplicate]key.name');
  expect(await codes(`/generate/${id}`, { algorithm: 'HS256', name: 'x' })).toContain('[duplicate]keyId');
});
