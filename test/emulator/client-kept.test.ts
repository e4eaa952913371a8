import { randomUUID } from 'node:crypto';
import { FusionAuthClient } from '@fusionauth/typescript-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeptKind, keptKinds, keptSettings } from '../../src/emulator/api/kept-kinds.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { type ClientMethod, clientMethods } from './client-methods.js';

const methods = clientMethods();
const parentId = randomUUID();

let emulator: Emulator;
let client: FusionAuthClient;

beforeAll(async () => {
  emulator = await startEmulator();
  client = new FusionAuthClient(emulator.apiKey, emulator.url);
});

afterAll(() => emulator[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The method of the client for this endpoint, or undefined where it has none. */
function methodFor(method: string, path: string): ClientMethod | undefined {
  const anonymous = (text: string) => text.replace(/:\w+/g, ':');
  return methods.find((one) => one.method === method && anonymous(one.path) === anonymous(path));
}

async function call({ name }: ClientMethod, ...args: unknown[]): Promise<Answer> {
  const method: unknown = Reflect.get(client, name);
  if (typeof method !== 'function') throw new Error(`The client has no ${name}`);
  const settled = (answer: { statusCode: number; response?: unknown }): Answer => ({
    status: answer.statusCode,
    body: (answer.response ?? {}) as Record<string, unknown>,
  });
  return Reflect.apply(method, client, args).then(settled, settled);
}

/** The ids before the request: of the parent, where the kind belongs to one, and of the document. */
const idsOf = ({ basePath }: KeptKind, id: string) => (basePath.includes(':') ? [parentId, id] : [id]);

describe("the official client's methods for what is kept", () => {
  it.each(keptKinds)('create, read, change, list, search and delete $name', async (kind) => {
    const { basePath, member, listMember } = kind;
    const id = randomUUID();
    const ids = idsOf(kind, id);
    const one = `${basePath}/:id`;
    const name = `Name ${id}`;
    const userId = randomUUID();
    const [post, patch, put] = [methodFor('POST', one), methodFor('PATCH', one), methodFor('PUT', one)];
    const create = post ?? methodFor('POST', basePath);
    expect(create).toBeDefined();
    if (create === undefined) return;
    const made = await call(create, ...(post === undefined ? [] : ids), { [member]: { id, name, userId } });
    expect([made.status, made.body[member]]).toMatchObject([200, { id, name }]);

    if (patch !== undefined) {
      const patched = await call(patch, ...ids, { [member]: { data: { a: 1 } } });
      expect([patched.status, patched.body[member]]).toMatchObject([200, { id, name, data: { a: 1 } }]);
    }
    if (put !== undefined) {
      const replaced = await call(put, ...ids, { [member]: { name: `New ${id}`, userId } });
      expect([replaced.status, replaced.body[member]]).toMatchObject([200, { id, name: `New ${id}` }]);
      expect(replaced.body[member]).not.toHaveProperty('data');
    }
    const list = methodFor('GET', basePath);
    if (list !== undefined) {
      // What belongs to users is listed by user.
      const listed = await call(list, ...(kind.listedBy === undefined ? [] : [userId]));
      expect(listed.body[listMember]).toEqual(expect.arrayContaining([expect.objectContaining({ id })]));
    }
    const search = methodFor('POST', `${basePath}/search`);
    if (search !== undefined) {
      const found = await call(search, { search: { name: kind.name === 'comments on users' ? '' : id } });
      expect(found).toMatchObject({ status: 200, body: { total: 1, [listMember]: [{ id }] } });
    }
    const read = methodFor('GET', one);
    const remove = methodFor('DELETE', one);
    if (read !== undefined && remove !== undefined) {
      expect((await call(read, ...ids)).body[member]).toMatchObject({ id });
      expect((await call(remove, ...ids)).status).toBe(200);
      expect((await call(read, ...ids)).status).toBe(404);
    }
  });

  it.each(keptSettings.filter(({ posted }) => posted !== true))(
    'read and change $name',
    async ({ basePath, member }) => {
      for (const method of ['PUT', 'PATCH']) {
        const change = methodFor(method, basePath);
        if (change !== undefined) {
          const changed = await call(change, { [member]: { [method]: { enabled: true } } });
          expect([changed.status, changed.body[member]]).toMatchObject([200, { [method]: { enabled: true } }]);
        }
      }
      const read = methodFor('GET', basePath);
      expect(read).toBeDefined();
      if (read !== undefined) {
        expect((await call(read)).body[member]).toMatchObject({ PUT: { enabled: true }, PATCH: { enabled: true } });
      }
    },
  );
});

it("the official client's methods for passkeys, e-mails, look-ups and the licence, which are kept or empty", async () => {
  const alice = emulator.store.addUser({ email: 'alice@example.com', parentEmail: 'parent@example.com' });
  alice.twoFactor = { methods: [{ id: 'm', method: 'authenticator', secret: 'shared secret' }] };
  const known = new Map(methods.map((one) => [one.name, one]));
  const ask = async (name: string, ...args: unknown[]) => {
    const method = known.get(name);
    if (method === undefined) throw new Error(`The client has no ${name}`);
    return call(method, ...args);
  };
  const id = randomUUID();
  const credentials = [{ id, userId: alice.id, credentialId: 'a', publicKey: 'b', name: 'Laptop' }];
  expect((await ask('importWebAuthnCredential', { credentials })).status).toBe(200);
  expect((await ask('retrieveWebAuthnCredential', id)).body).toMatchObject({ credential: { id, name: 'Laptop' } });
  expect((await ask('retrieveWebAuthnCredentialsForUser', alice.id)).body).toMatchObject({ credentials: [{ id }] });
  expect((await ask('deleteWebAuthnCredential', id)).status).toBe(200);
  expect((await ask('deleteWebAuthnCredentialsForUser', alice.id)).status).toBe(200);
  expect((await ask('retrieveWebAuthnCredential', id)).status).toBe(404);

  const emailTemplate = { name: 'Hi', defaultSubject: 'Hi' };
  const template = await ask('createEmailTemplate', randomUUID(), { emailTemplate });
  const { id: templateId } = template.body['emailTemplate'] as { id: string };
  const sent = await ask('sendEmail', templateId, { userIds: [alice.id] });
  expect([sent.status, sent.body]).toEqual([200, { anonymousResults: {}, results: { [alice.id]: {} } }]);

  await ask('createIdentityProvider', id, {
    identityProvider: { type: 'OpenIDConnect', name: 'Acme', domains: ['acme.example'] },
  });
  expect((await ask('lookupIdentityProvider', 'ACME.example')).body).toMatchObject({ identityProvider: { id } });
  expect((await ask('lookupIdentityProvider', 'other.example')).status).toBe(404);
  expect((await ask('retrievePendingLink', 'none', alice.id)).status).toBe(404);

  const children = await ask('retrievePendingChildren', 'parent@example.com');
  expect(children.body).toMatchObject({ users: [{ id: alice.id, twoFactor: { methods: [{ id: 'm' }] } }] });
  expect(JSON.stringify(children.body)).not.toContain('shared secret');
  expect((await ask('sendFamilyRequestEmail', { parentEmail: 'parent@example.com' })).status).toBe(200);
  expect((await ask('activateReactor', { licenseId: 'l' })).status).toBe(200);
  expect((await ask('retrieveReactorStatus')).body).toMatchObject({ status: { licensed: true } });
  expect((await ask('deactivateReactor')).status).toBe(200);
  expect((await ask('retrieveReactorStatus')).body).toEqual({ status: {} });
  expect((await ask('retrieveReactorMetrics')).status).toBe(200);

  const typeConfiguration = { enabled: true };
  for (const name of ['create', 'update', 'patch']) {
    const kept = await ask(`${name}TenantManagerIdentityProviderTypeConfiguration`, 'Google', { typeConfiguration });
    expect([name, kept.status, kept.body]).toMatchObject([name, 200, { typeConfiguration: { enabled: true } }]);
  }
  expect((await ask('deleteTenantManagerIdentityProviderTypeConfiguration', 'Google')).status).toBe(200);
});
