import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from './api-client.js';

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
  expect((await post('/import', { algorithm: 'RS256', name: 'Half', publicKey: 'x' })).json()).toMatchObject({
    fieldErrors: { 'key.privateKey': [{ code: '[missing]key.privateKey' }] },
  });
  expect(await publishedKids()).toEqual(before);
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

it('refuses missing algorithms and names, and taken names and ids', async () => {
  const id = '11111111-2222-3333-4444-666666666666';
  await post(`/generate/${id}`, { algorithm: 'HS256', name: 'Taken' });
  const codes = async (path: string, key: object) => (await post(path, key)).text;

  expect(await codes('/generate', { name: 'x' })).toContain('[missing]key.algorithm');
  expect(await codes('/generate', { algorithm: 'HS256' })).toContain('[blank]key.name');
  expect(await codes('/generate', { algorithm: 'HS256', name: 'Taken' })).toContain('[duplicate]key.name');
  expect(await codes(`/generate/${id}`, { algorithm: 'HS256', name: 'x' })).toContain('[duplicate]keyId');
});
