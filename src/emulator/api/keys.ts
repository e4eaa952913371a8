import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EmulatorContext } from '../context.js';
import { requireGlobalApiKey } from '../http/api-key-auth.js';
import { blank, fieldError, missing, orNotFound } from '../http/errors-json.js';
import { optionalPathUuid, pathUuid, readJson, readSearch } from '../http/request-input.js';
import type { RouteTable } from '../http/route-table.js';
import { usersOfKey } from '../store/key-users.js';
import { type ImportedKey, isHmac, keyAlgorithms } from '../tokens/key-material.js';
import type { SigningKey } from '../tokens/signing-keys.js';
import { pageOf, pagingJson } from './paging.js';
import { textSearch } from './text-search.js';

const basePath = '/api/key';

/**
 * `/api/key`: generate, import, list, rename and delete signing keys. Secrets and private keys are returned by no call
 * but the one that generates an HMAC secret, which would otherwise be of no use to its owner. For keys of all tenants only
 * (API key documentation).
 */
export function registerKeyApi(routes: RouteTable, context: EmulatorContext): void {
  const { keys, store } = context;

  const generate = async (request: FastifyRequest) => {
    requireGlobalApiKey(context, request, `${basePath}/generate`);
    const key = keys.generate(newKey(request));
    const { secret } = await key.material();
    return { key: { ...(await keyJson(key)), ...(secret === undefined ? {} : { secret }) } };
  };
  routes.post(`${basePath}/generate`, generate);
  routes.post(`${basePath}/generate/:keyId`, generate);

  const importKey = async (request: FastifyRequest) => {
    requireGlobalApiKey(context, request, `${basePath}/import`);
    const material = importedMaterial(request);
    const key = keys.import(newKey(request), material);
    try {
      return { key: await keyJson(key) };
    } catch {
      keys.delete(key.id);
      throw fieldError('invalid', 'key.privateKey', 'The key cannot be read.');
    }
  };
  routes.post(`${basePath}/import`, importKey);
  routes.post(`${basePath}/import/:keyId`, importKey);

  routes.get(basePath, async (request) => {
    requireGlobalApiKey(context, request, basePath);
    return { keys: await Promise.all(keys.all().map(keyJson)) };
  });

  const search = async (request: FastifyRequest) => {
    requireGlobalApiKey(context, request, `${basePath}/search`);
    const criteria = readSearch(request, searchJson);
    const isNamed = textSearch(criteria.name);
    const found = keys
      .all()
      .filter(
        ({ name, algorithm }) =>
          isNamed(name) && (criteria.algorithm === undefined || criteria.algorithm === algorithm),
      );
    return { keys: await Promise.all(pageOf(found, criteria).map(keyJson)), total: found.length };
  };
  routes.get(`${basePath}/search`, search);
  routes.post(`${basePath}/search`, search);

  routes.get(`${basePath}/:keyId`, async (request) => {
    requireGlobalApiKey(context, request, basePath);
    return { key: await keyJson(find(request)) };
  });

  routes.put(`${basePath}/:keyId`, async (request) => {
    requireGlobalApiKey(context, request, basePath);
    const key = find(request);
    key.name = readJson(request, keyRequest).key?.name ?? key.name;
    key.lastUpdateInstant = context.clock.now();
    return { key: await keyJson(key) };
  });

  routes.delete(`${basePath}/:keyId`, async (request, reply) => {
    requireGlobalApiKey(context, request, basePath);
    const { id } = find(request);
    const users = usersOfKey(store, id);
    if (users.length > 0) {
      // The code is not documented: https://github.com/FusionAuth/fusionauth-issues/issues/2486
      const message = `This key cannot be deleted because it is being used by ${users.join(', ')}.`;
      throw fieldError('inUse', 'keyId', message);
    }
    keys.delete(id);
    return reply.send();
  });

  function find(request: FastifyRequest): SigningKey {
    return orNotFound(keys.get(pathUuid(request, 'keyId')));
  }

  function newKey(request: FastifyRequest) {
    const { key } = readJson(request, keyRequest);
    if (key?.algorithm === undefined) {
      throw missing('key.algorithm');
    }
    if (key.name === undefined || key.name === '') {
      throw blank('key.name');
    }
    if (keys.all().some(({ name }) => name === key.name)) {
      throw fieldError('duplicate', 'key.name', `A key with the name [${key.name}] already exists.`);
    }
    if (key.algorithm.startsWith('RS') && key.length !== undefined && (key.length < 2_048 || key.length > 4_096)) {
      throw fieldError('invalid', 'key.length', 'The [key.length] of an RSA key must be from 2048 to 4096.');
    }
    const id = optionalPathUuid(request, 'keyId');
    if (id !== undefined && keys.get(id) !== undefined) {
      throw fieldError('duplicate', 'keyId', `A key with the id [${id}] already exists.`);
    }
    return { id, name: key.name, algorithm: key.algorithm, length: key.length };
  }
}

const keyRequest = z.object({
  key: z
    .object({
      algorithm: z.enum(keyAlgorithms).optional(),
      name: z.string().optional(),
      length: z.number().int().positive().optional(),
      kid: z.string().optional(),
      secret: z.string().optional(),
      publicKey: z.string().optional(),
      privateKey: z.string().optional(),
      certificate: z.string().optional(),
    })
    .optional(),
});

function importedMaterial(request: FastifyRequest): ImportedKey {
  const { kid, secret, publicKey, privateKey, certificate } = readJson(request, keyRequest).key ?? {};
  if (secret !== undefined) {
    return { secret, kid };
  }
  const known = publicKey ?? certificate;
  if (known === undefined) {
    throw missing('key.publicKey');
  }
  return { publicKey: known, privateKey, kid };
}

async function keyJson(key: SigningKey): Promise<object> {
  const { kid, publicKeyPem } = await key.material();
  return {
    id: key.id,
    name: key.name,
    algorithm: key.algorithm,
    type: keyType(key),
    kid,
    ...(key.length === undefined ? {} : { length: key.length }),
    ...(publicKeyPem === undefined ? {} : { publicKey: publicKeyPem }),
    hasPrivateKey: key.canSign && publicKeyPem !== undefined,
    insertInstant: key.insertInstant,
    lastUpdateInstant: key.lastUpdateInstant,
  };
}

function keyType({ algorithm }: SigningKey): string {
  if (isHmac(algorithm)) {
    return 'HMAC';
  }
  if (algorithm === 'Ed25519') {
    return 'OKP';
  }
  return algorithm.startsWith('ES') ? 'EC' : 'RSA';
}

const searchJson = z.object({ name: z.string().optional(), algorithm: z.string().optional(), ...pagingJson });
