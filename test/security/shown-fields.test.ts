import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, getNamedType, isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { claimsFor, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { operations, selectionOfOperation } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { subscribe } from '../support/subscription.js';
import type { TestUser } from '../support/users.js';

const root = new URL('../../', import.meta.url);
const schema = buildSchema(readFileSync(new URL('schema.graphql', root), 'utf8'));
const page = readFileSync(new URL('docs/reference/permissions.md', root), 'utf8');

/** A selection of everything below is long, and none of it costs much here. */
const roomy = {
  MAX_QUERY_CHARACTERS: '100000',
  MAX_QUERY_TOKENS: '20000',
  MAX_QUERY_FIELDS: '5000',
  MAX_QUERY_ALIASES: '1000',
  MAX_OPERATION_COST: '50000',
  RATE_LIMIT_USER_POINTS: '100000',
};

/** An application whose sessions live on while they are used. */
const slidingId = '5d0c8b1e-7a52-4f0e-9d3c-2b1f6a4e8c71';

let folder: string;
let service: TestService;
let follower: AsyncDisposable;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  const policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, 'version: 1\nmode: observe\nrules: [{ name: one, allow: 1 }]');
  service = await startTestService({
    shopId,
    env: { ...shopTokens, ...roomy, POLICY_FILE: policyFile, WEBHOOK_SIGNATURE: 'jwks' },
  });
  // So that the state of the service has something to show.
  await service.fetch('/webhooks/fusionauth', { method: 'POST', body: '{}' });
  follower = await subscribe(service, service.key(['event:subscribe']));
  const jwtConfiguration = { refreshTokenExpirationPolicy: 'SlidingWindow' } as const;
  service.emulator.store.addApplication({ id: slidingId, name: 'Sliding', jwtConfiguration });
  // So that the history holds a note, and a person who ended something.
  const someone = await knownUser();
  const [id] = someone.liveIds();
  const key = await signAsFusionAuth(service.emulator, claimsFor(service.emulator, someone.id, { sid: randomUUID() }));
  await service.data(
    'mutation ($id: ID!) { revokeSession(sessionId: $id, comment: "lost") { outcome } }',
    { id },
    { key },
  );
});

afterAll(async () => {
  await follower[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A user of whom FusionAuth knows everything that can be shown. */
async function knownUser(): Promise<TestUser> {
  const user = service.user({
    username: `known-${randomUUID()}`,
    phoneNumber: '+15551234567',
    firstName: 'Ada',
    lastName: 'Lovelace',
  });
  const device = { name: 'Phone', description: 'A phone', type: 'MOBILE', lastAccessedAddress: '192.0.2.7' };
  for (const minutes of [1, 2, 3]) {
    const insertInstant = service.emulator.clock.now() - minutes * 60_000;
    user.addSession({ device, scopes: ['openid'], insertInstant });
    user.addSession({ applicationId: undefined, device, insertInstant });
  }
  for (const registration of service.emulator.store.users.get(user.id)?.registrations ?? []) {
    registration.roles = ['editor'];
  }
  await user.login();
  return user;
}

/** Every mutation in each of the ways in which it can answer, beside what the operations require. */
function variantsOf({ id: userId }: TestUser, sessionIds: readonly string[]): readonly (readonly [string, string])[] {
  const [first = '', second = '', third = '', fourth = ''] = sessionIds;
  const user = `userId: "${userId}"`;
  const overflows = ['END_OLDEST', 'END_LEAST_RECENTLY_USED', 'DENY_NEW', 'ASK_USER'];
  return [
    ['liveSessions', `ids: ["${first}"], userIds: ["${userId}"]`],
    ['enforceSingleSession', `${user}, dryRun: true`],
    ['enforceSingleSession', `${user}, keepSessionId: "${first}", dryRun: true`],
    ['enforceSingleSession', `${user}, keepSessionId: "${userId}"`],
    ...overflows.flatMap((overflow): [string, string][] => [
      ['enforceSessionLimit', `input: { ${user}, maxSessions: 1, overflow: ${overflow}, dryRun: true }`],
      ['enforceSessionLimit', `input: { ${user}, maxSessions: 900, overflow: ${overflow} }`],
    ]),
    ...['DENY_NEW', 'ASK_USER'].map((overflow): [string, string] => [
      'enforceSessionLimit',
      `input: { ${user}, maxSessions: 1, overflow: ${overflow} }`,
    ]),
    ['enforceSessionLimit', `input: { ${user}, maxSessions: 1, deviceTypes: ["MOBILE"], dryRun: true }`],
    ['revokeSession', `sessionId: "${first}", dryRun: true, includeSsoSessions: true`],
    ['revokeSession', `sessionId: "${first}", userId: "${first}"`],
    ['revokeSession', `sessionId: "${first}"`],
    ['revokeSession', `sessionId: "${second}", includeSsoSessions: true`],
    ['revokeSessions', `input: { ${user}, reason: OTHER, dryRun: true }`],
    ['revokeSessions', `input: { ${user}, reason: OTHER, dryRun: true, filter: { deviceTypes: ["MOBILE"] } }`],
    ['revokeSessions', `input: { sessionIds: ["${third}", "${userId}"], reason: OTHER }`],
    ['revokeSessions', `input: { ${user}, reason: OTHER, exceptSessionIds: ["${fourth}"], includeSsoSessions: true }`],
    ['enforceSessionLimit', `input: { ${user}, maxSessions: 1 }`],
    ...[shopId, slidingId].map((id): [string, string] => ['sessionPolicy', `applicationId: "${id}"`]),
  ];
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Every leaf that holds something, as `Type.field`. An empty list holds nothing. */
function shownIn(value: Json | undefined, into: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) shownIn(item, into);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  const typeName = String((value as { __typename?: Json }).__typename);
  for (const [name, member] of Object.entries(value)) {
    shownIn(member, into);
    if (name === '__typename' || member === null || (Array.isArray(member) && member.length === 0)) continue;
    into.add(`${typeName}.${name.replace(`${typeName}_`, '')}`);
  }
}

/** What a caller is shown by everything that it can ask for. */
async function shownTo(key: string, user: TestUser): Promise<ReadonlySet<string>> {
  const shown = new Set<string>();
  const sessionIds = user.liveIds();
  const ids = { userId: user.id, sessionId: sessionIds[0] ?? '' };
  await using events = await subscribe(service, key, {}, { query: `subscription { sessionEvents ${eventSelection} }` });
  for (const { name, document } of operations) {
    if (schema.getQueryType()?.getFields()[name] !== undefined) await ask(document(ids, 3));
  }
  for (const [name, args] of variantsOf(user, sessionIds)) {
    const kind = schema.getMutationType()?.getFields()[name] === undefined ? 'query' : 'mutation';
    await ask(`${kind} { ${name}(${args}) ${selectionOfOperation(name, ids, 3)} }`);
  }
  const other = user.addSession({ insertInstant: service.emulator.clock.now() - 1_000 });
  user.addSession();
  await service.data('mutation($id: ID!) { enforceSingleSession(userId: $id) { outcome } }', { id: user.id });
  await ask(`{ revocations { __typename ${leavesOf('Revocation')} } }`);
  await ask(`{ endedSession(id: "${other.id}") { __typename ${leavesOf('EndedSession')} } }`);
  if (events.status === 200) {
    for (;;) {
      const { data } = (await events.next()) as { data?: { sessionEvents: Json } };
      shownIn(data?.sessionEvents, shown);
      if (JSON.stringify(data).includes(other.id)) break;
    }
  }
  return shown;

  async function ask(document: string): Promise<void> {
    const { body } = await service.query<Record<string, Json>>(document, {}, { key });
    for (const { extensions } of body.errors ?? [])
      expect(['FORBIDDEN', 'BAD_USER_INPUT']).toContain(extensions['code']);
    for (const value of Object.values(body.data ?? {})) shownIn(value, shown);
  }
}

const eventSelection = `{ __typename ${leavesOf('SessionEvent')} revocation { __typename ${leavesOf('Revocation')} } }`;

function leavesOf(typeName: string): string {
  return leaves()
    .filter(([type]) => type === typeName)
    .map(([, field]) => field)
    .join(' ');
}

/** Every field of an object type that is a value. */
function leaves(): readonly (readonly [type: string, field: string])[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__') && !['Query', 'Mutation', 'Subscription'].includes(name))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => isLeafType(getNamedType(field.type)))
        .map((field) => [type.name, field.name] as const),
    );
}

/** What says how an operation went, and repeats what its caller sent: shown to whoever may do it. */
const ofOperations =
  /Payload$|^(PageInfo|SessionConnection|SessionEdge|SessionHistory|SessionRevocationFailure|SessionWarning|UserConnection|UserEdge|UserError|Viewer)$/;

/** One row for the fields of a type that the same callers are shown. */
function tableOf(shownToColumn: ReadonlyMap<string, ReadonlySet<string>>): string {
  const columns = [...shownToColumn.keys()];
  const rows = new Map<string, { readonly type: string; readonly marks: string; readonly fields: string[] }>();
  for (const [type, field] of leaves().filter(([name]) => !ofOperations.test(name))) {
    const marks = columns
      .map((column) => (shownToColumn.get(column)?.has(`${type}.${field}`) ? 'yes' : ''))
      .join(' | ');
    const row = rows.get(`${type} ${marks}`) ?? { type, marks, fields: [] };
    rows.set(`${type} ${marks}`, row);
    row.fields.push(`\`${field}\``);
  }
  return [
    `| type | fields | ${columns.join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(columns.length)}`,
    ...[...rows.values()].map(({ type, marks, fields }) => `| \`${type}\` | ${fields.join(', ')} | ${marks} |`),
  ].join('\n');
}

describe('what each permission shows', () => {
  it('is what the reference says, for every permission alone and for users without any', async () => {
    const shown = new Map<string, ReadonlySet<string>>();
    for (const permission of permissions) {
      shown.set(`\`${permission}\``, await shownTo(service.key([permission]), await knownUser()));
    }
    const user = await knownUser();
    const claims = claimsFor(service.emulator, user.id, { sid: randomUUID() });
    shown.set('own sessions', await shownTo(await signAsFusionAuth(service.emulator, claims), user));
    const table = tableOf(shown);
    expect(page, `docs/reference/permissions.md must hold this table:\n${table}\n`).toContain(table);
  });

  it('is no actor and no note of an ending without audit:read, whatever else it is', async () => {
    const others = permissions.filter((permission) => permission !== 'audit:read');
    const shown = await shownTo(service.key(others), await knownUser());
    expect([...shown].filter((field) => /^EndedSession\.(actor|comment)$|^Actor\./.test(field))).toEqual([]);
    const all = await shownTo(service.key(permissions), await knownUser());
    expect(all).toContain('EndedSession.actor');
  });
});
