import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import { startTestService, type TestService } from '../../support/service.js';
import type { TestUser } from '../../support/users.js';

let service: TestService;
let alice: TestUser;

beforeAll(async () => {
  service = await startTestService();
  alice = service.user({ sessions: 2 });
});

beforeEach(() => service.emulator.calls.clear());

afterAll(() => service[Symbol.asyncDispose]());

const id = 'b0000000-0000-4000-8000-000000000001';

/** Texts that a URL, a database or an eye could take for an id, or for more than one. */
const hostileIds: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a path upwards', '../user'],
  ['an id and a path upwards', `${id}/../${id}`],
  ['an encoded slash', `${id}%2f..%2f`],
  ['a query', `${id}?userId=${id}`],
  ['a fragment', `${id}#x`],
  ['a NUL at the end', `${id}\0`],
  ['a line break at the end', `${id}\n`],
  ['a header', `${id}\r\nX-FusionAuth-TenantId: x`],
  ['spaces around it', ` ${id} `],
  ['braces around it', `{${id}}`],
  ['Cyrillic letters that look like hex digits', id.replace('b', '\u0430').replace('0', '\u043e')],
  ['full-width digits', id.replaceAll('0', '\uff10')],
  ['a dash that is none', id.replace('-', '\u2010')],
  ['an invisible character', `${id.slice(0, 8)}\u200b${id.slice(8)}`],
  ['a wildcard', '*'],
  ['SQL', "' OR '1'='1"],
  ['__proto__', '__proto__'],
  ['a megabyte of dashes, nearly', '-'.repeat(90_000)],
];

describe.each(hostileIds)('an id that is or has %s', (_what, hostile) => {
  it.each([
    ['sessions', 'query ($id: ID!) { sessions(userId: $id) { id } }'],
    ['session', 'query ($id: ID!) { session(id: $id) { id } }'],
    ['user', 'query ($id: ID!) { user(id: $id) { id } }'],
    ['users', 'query ($id: ID!) { users(ids: [$id]) { id } }'],
    ['sessionPolicy', 'query ($id: ID!) { sessionPolicy(applicationId: $id) { applicationId } }'],
    ['a filter', `query ($id: ID!) { sessions(userId: "${id}", filter: { applicationIds: [$id] }) { id } }`],
    ['enforceSingleSession', 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }'],
    ['keepSessionId', `mutation ($id: ID!) { enforceSingleSession(userId: "${id}", keepSessionId: $id) { outcome } }`],
    ['revokeSession', 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }'],
    ['revokeSessions', 'mutation ($id: ID!) { revokeSessions(input: { sessionIds: [$id], reason: OTHER }) { more } }'],
  ])('is refused by %s, and FusionAuth hears nothing', async (_where, document) => {
    const { status, body } = await service.query(document, { id: hostile });
    expect(status).toBe(200);
    expect(body.errors).toMatchObject([
      { message: expect.stringMatching(/must be a UUID/), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(service.emulator.calls.count()).toBe(0);
  });
});

/** Those that a header can carry; spaces around a value are no part of it. */
const hostileTenants = hostileIds.filter(([, text]) => /^[!-~]([ -~]*[!-~])?$/.test(text) && text.length < 10_000);

it.each(hostileTenants)(
  'a tenant id that is or has %s is refused, and FusionAuth hears nothing',
  async (_what, hostile) => {
    const headers = { 'x-fusionauth-tenantid': hostile };
    const { status, body } = await service.query(`{ sessions(userId: "${id}") { id } }`, {}, { headers });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(service.emulator.calls.count()).toBe(0);
  },
);

describe('variables are refused before anything is called when', () => {
  const users = 'query ($ids: [ID!]!) { users(ids: $ids) { id } }';

  it('a list holds more than MAX_LIST_ITEMS values', async () => {
    const { status, body } = await service.query(users, { ids: Array(2_000).fill(id) });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      {
        message: 'The variable ids holds 2000 values; a list may hold at most 1000.',
        extensions: { code: 'BAD_USER_INPUT', argument: ['ids'] },
      },
    ]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('a list inside an input does, and the place is named', async () => {
    const document = 'query ($id: ID!, $filter: SessionFilter) { sessions(userId: $id, filter: $filter) { id } }';
    const { status, body } = await service.query(document, { id, filter: { states: Array(1_001).fill('ACTIVE') } });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { argument: ['filter', 'states'] } }]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('a list holds more ids than its field accepts', async () => {
    const { body } = await service.query(users, { ids: Array(101).fill(id) });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: ['ids'] } }]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it.each([
    ['lists', '['.repeat(40_000) + ']'.repeat(40_000)],
    ['objects', `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`],
  ])('they nest %s thousands of levels deep', async (_what, deep) => {
    const response = await service.fetch('/graphql', {
      method: 'POST',
      headers: { authorization: `Bearer ${service.key(permissions)}`, 'content-type': 'application/json' },
      body: `{"query":"{ viewer { name } }","variables":{"deep":${deep}}}`,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [
        {
          message: 'The variable deep is nested more than 10 levels deep; no argument needs that.',
          extensions: { code: 'BAD_USER_INPUT', argument: ['deep'] },
        },
      ],
    });
    expect(service.emulator.calls.count()).toBe(0);
  });
});

describe('keys that reach for prototypes', () => {
  const post = (body: string) =>
    service.fetch('/graphql', {
      method: 'POST',
      headers: { authorization: `Bearer ${service.key(permissions)}`, 'content-type': 'application/json' },
      body,
    });

  it.each([
    ['__proto__ in the request', '{"__proto__":{"query":"{ viewer { name } }"}}'],
    ['__proto__ in the variables', '{"query":"{ viewer { name } }","variables":{"__proto__":{"id":"x"}}}'],
    ['__proto__ in an input', '{"query":"{ viewer { name } }","variables":{"filter":{"__proto__":{"states":[]}}}}'],
    ['an escaped __proto__', '{"query":"{ viewer { name } }","variables":{"\\u005f_proto__":{"id":"x"}}}'],
    ['constructor.prototype', '{"query":"{ viewer { name } }","variables":{"constructor":{"prototype":{"id":"x"}}}}'],
  ])('(%s) are refused with the body', async (_what, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(service.emulator.calls.count()).toBe(0);
    expect(Object.prototype).not.toHaveProperty('id');
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'prototype', '__defineGetter__'])(
    '(%s) are unknown to inputs and to the schema',
    async (name) => {
      const filter = 'query ($id: ID!, $filter: SessionFilter) { sessions(userId: $id, filter: $filter) { id } }';
      const variable = await service.query(filter, { id, filter: { [name]: 'x' } });
      expect(variable.status).toBe(400);
      expect(variable.body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);

      const field = await service.query(`{ ${name} }`);
      expect(field.status).toBe(400);
      expect(field.body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
      expect(service.emulator.calls.count()).toBe(0);
    },
  );
});

describe('line breaks', () => {
  const forged = 'gone\r\nX-Injected: yes\r\n\r\n{"level":"info","msg":"audit","audit":{"actor":"nobody"}}';

  it('in a comment stay inside the audit record', async () => {
    const user = service.user({ sessions: 1 });
    const document =
      'mutation ($id: ID!, $comment: String) { revokeSession(sessionId: $id, comment: $comment) { outcome } }';
    const { status, headers } = await service.query(document, { id: user.sessions[0]?.id, comment: forged });
    expect(status).toBe(200);
    expect(headers.get('x-injected')).toBeNull();
    const records = service.logs.filter(({ msg, requestId }) => msg === 'audit' && requestId !== undefined);
    expect(records.at(-1)).toMatchObject({ audit: { comment: forged, sessionId: user.sessions[0]?.id } });
    expect(service.logs.filter((line) => JSON.stringify(line['audit'] ?? {}).includes('"actor":"nobody"'))).toEqual([]);
  });

  it('in a comment stay inside FusionAuth’s audit log', async () => {
    await using own = await startTestService({ env: { FUSIONAUTH_AUDIT_LOG: 'true' } });
    const user = own.user({ sessions: 1 });
    const document =
      'mutation ($id: ID!, $comment: String) { revokeSession(sessionId: $id, comment: $comment) { outcome } }';
    await own.data(document, { id: user.sessions[0]?.id, comment: forged });
    await expect.poll(() => own.emulator.calls.count({ method: 'POST', path: '/api/system/audit-log' })).toBe(1);
    expect(own.emulator.calls.all().map(({ path }) => path)).not.toContain('/gone');
    expect(own.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

it('alice still has her sessions', () => {
  expect(alice.liveIds()).toHaveLength(2);
});
