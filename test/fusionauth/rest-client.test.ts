import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTenantId } from '../../src/domain/ids.js';
import { createClient } from '../../src/fusionauth/rest-client.js';
import { Transport } from '../../src/fusionauth/transport.js';
import type { TransportRequest } from '../../src/fusionauth/transport-call.js';
import { transportOptions } from '../support/fusionauth-connection.js';
import { type RawServer, sendJson, startRawServer } from '../support/raw-server.js';

let server: RawServer;
let transport: Transport;

beforeEach(async () => {
  server = await startRawServer((response) => sendJson(response, '{}'));
  transport = new Transport({ ...transportOptions, baseUrl: server.url });
});

afterEach(async () => {
  await transport[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const client = () => createClient(transport, 'api-key', null);
const sent = () => server.requests.map(({ method, url }) => `${method} ${url}`);

describe('a path segment', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['empty', ''],
  ])('that is %s fails the call before anything is sent', async (_what, id) => {
    // What plain JavaScript, or a type assertion, can do to the client.
    const call = async () => client().revokeRefreshTokenById(id as string);
    await expect(call()).rejects.toThrow(TypeError);
    expect(sent()).toEqual([]);
  });

  it('is encoded, so that it cannot name another endpoint', async () => {
    await client().revokeRefreshTokenById('a/../../x?userId=b#c');
    expect(sent()).toEqual(['DELETE /api/jwt/refresh/a%2F..%2F..%2Fx%3FuserId%3Db%23c']);
  });

  it.each(['.', '..'])('%s, which proxies resolve, fails the call before anything is sent', async (id) => {
    const call = async () => client().revokeRefreshTokenById(id);
    await expect(call()).rejects.toThrow(TypeError);
    expect(sent()).toEqual([]);
  });
});

it('sends the API key as it is', async () => {
  await client().retrieveTenants();
  expect(server.requests[0]?.headers.authorization).toBe('api-key');
});

it('names the tenant in every call when it is bound to one', async () => {
  const tenantId = '30663132-6464-6665-3032-326466613934';
  const bound = createClient(transport, 'api-key', parseTenantId(tenantId) ?? null);
  await bound.retrieveRefreshTokens('u');
  await bound.revokeRefreshTokenById('s');
  await bound.searchUsersByQuery({ search: { ids: ['u'] } });
  expect(server.requests.map(({ headers }) => headers['x-fusionauth-tenantid'])).toEqual([
    tenantId,
    tenantId,
    tenantId,
  ]);
});

it('names no tenant when it is bound to none', async () => {
  await client().retrieveTenants();
  expect(server.requests[0]?.headers).not.toHaveProperty('x-fusionauth-tenantid');
});

it('encodes parameters, so that a value adds no parameter', async () => {
  await client().retrieveRefreshTokens('a&applicationId=b');
  expect(sent()).toEqual(['GET /api/jwt/refresh?userId=a%26applicationId%3Db']);
});

it('repeats a search of users and nothing else that is posted', async () => {
  let calls = 0;
  await using failing = await startRawServer((response) => {
    calls++;
    response.writeHead(503).end();
  });
  await using ownTransport = new Transport({ ...transportOptions, baseUrl: failing.url, maxAttempts: 2 });
  const failingClient = createClient(ownTransport, 'api-key', null);

  await expect(failingClient.searchUsersByQuery({ search: { ids: ['u'] } })).rejects.toThrow('503');
  expect(calls).toBe(2);
  calls = 0;
  await expect(failingClient.login({ loginId: 'alice', password: 'password' })).rejects.toThrow('503');
  expect(calls).toBe(1);
});

it('tells searches, whose number at the same time is bounded, from all else', async () => {
  const searches: (boolean | undefined)[] = [];
  const send = async ({ isSearch }: TransportRequest) => {
    searches.push(isSearch);
    return { statusCode: 200, body: {} };
  };
  const told = createClient({ send }, 'api-key', null);
  await told.searchUsersByQuery({ search: { ids: ['u'] } });
  await told.searchLoginRecords({ search: {} });
  await told.retrieveRefreshTokens('u');
  await told.revokeRefreshTokenById('id');
  expect(searches).toEqual([true, true, false, false]);
});

it('repeats no deletion in bulk', async () => {
  await using failing = await startRawServer((response) => response.writeHead(503).end());
  await using ownTransport = new Transport({ ...transportOptions, baseUrl: failing.url });
  const failingClient = createClient(ownTransport, 'api-key', null);
  await expect(failingClient.revokeRefreshTokensByUserId('u')).rejects.toThrow('503');
  expect(failing.requests).toHaveLength(1);
});
