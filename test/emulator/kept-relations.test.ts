import { randomUUID } from 'node:crypto';
import { FusionAuthClient, IdentityProviderType } from '@fusionauth/typescript-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { callApi } from '../support/api-client.js';

let emulator: Emulator;
let client: FusionAuthClient;

beforeAll(async () => {
  emulator = await startEmulator();
  client = new FusionAuthClient(emulator.apiKey, emulator.url);
});

afterAll(() => emulator[Symbol.asyncDispose]());

const statusOf = (call: Promise<{ statusCode: number }>) =>
  call.then(({ statusCode }) => statusCode).catch(({ statusCode }: { statusCode: number }) => statusCode);

it('keeps grants of an entity, one for each recipient', async () => {
  const [entity, recipient, user] = [randomUUID(), randomUUID(), randomUUID()];
  await client.upsertEntityGrant(entity, { grant: { recipientEntityId: recipient, permissions: ['read'] } });
  await client.upsertEntityGrant(entity, { grant: { recipientEntityId: recipient, permissions: ['write'] } });
  await client.upsertEntityGrant(entity, { grant: { userId: user, permissions: ['read'] } });
  const { response: one } = await client.retrieveEntityGrant(entity, recipient, '');
  expect(one.grant).toMatchObject({ permissions: ['write'], recipientEntityId: recipient });
  const { response: found } = await client.searchEntityGrants({ search: { entityId: entity } });
  expect([found.total, found.grants?.length]).toEqual([2, 2]);
  const { response: ofUser } = await client.searchEntityGrants({ search: { userId: user } });
  expect(ofUser.total).toBe(1);
  expect(await statusOf(client.deleteEntityGrant(entity, recipient, ''))).toBe(200);
  expect(await statusOf(client.retrieveEntityGrant(entity, recipient, ''))).toBe(404);
});

it('keeps links of a user with identity providers', async () => {
  const [provider, user] = [randomUUID(), randomUUID()];
  await client.createIdentityProvider(provider, {
    identityProvider: { type: IdentityProviderType.OpenIDConnect, name: 'Elsewhere' },
  });
  const link = { identityProviderId: provider, identityProviderUserId: '42', userId: user };
  await client.createUserLink({ identityProviderLink: link });
  const { response: listed } = await client.retrieveUserLinksByUserId(provider, user);
  expect(listed.identityProviderLinks).toMatchObject([link]);
  const { response: one } = await client.retrieveUserLink(provider, '42', user);
  expect(one.identityProviderLink).toMatchObject(link);
  await client.deleteUserLink(provider, '42', user);
  expect(await statusOf(client.retrieveUserLink(provider, '42', user))).toBe(404);
});

it('finds entities by one id or several, by GET and by POST', async () => {
  const ids = [randomUUID(), randomUUID(), randomUUID()];
  for (const id of ids) await client.createEntity(id, { entity: { name: `Entity ${id}` } });
  const total = async (wanted: readonly string[]) => {
    const query = wanted.map((id) => `ids=${id}`).join('&');
    const got = await callApi(emulator, 'GET', `/api/entity/search?${query}`);
    const posted = await callApi(emulator, 'POST', '/api/entity/search', { body: { search: { ids: wanted } } });
    return [got, posted].map((answer) => (answer.json() as { total: number }).total);
  };
  expect(await total(ids.slice(0, 1))).toEqual([1, 1]);
  expect(await total(ids.slice(0, 2))).toEqual([2, 2]);
});
