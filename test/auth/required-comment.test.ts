import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimsFor, registrationWith, shopId, shopTokens, signAsFusionAuth } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

let service: TestService;
let pat: TestUser;
let support: TestUser;

beforeAll(async () => {
  const roles = { support: ['session:read', 'session:revoke', 'session:bulk', 'session:enforce'] };
  service = await startTestService({
    shopId,
    env: { ...shopTokens, REQUIRE_COMMENT: 'true', ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles }) },
  });
  pat = service.user({ sessions: 3 });
  support = service.user({ registrations: [registrationWith(shopId, ['support'])] });
});

afterAll(() => service[Symbol.asyncDispose]());

const one = (more = '') => `mutation ($id: ID!) { revokeSession(sessionId: $id${more}) { outcome } }`;
const many = 'mutation ($input: RevokeSessionsInput!) { revokeSessions(input: $input) { revokedCount } }';
const limit = 'mutation ($input: EnforceSessionLimitInput!) { enforceSessionLimit(input: $input) { outcome } }';
const single = 'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome } }';

async function as(user: TestUser, document: string, variables: Readonly<Record<string, unknown>>) {
  const claims = claimsFor(service.emulator, user.id, { roles: user === support ? ['support'] : [] });
  const { body } = await service.query(document, variables, { key: await signAsFusionAuth(service.emulator, claims) });
  return body;
}

const refusedAt = (...argument: readonly string[]) => ({
  errors: [
    {
      message: expect.stringMatching(`^${argument.join('\\.')} is required of people who end sessions of others`),
      extensions: { code: 'BAD_USER_INPUT', argument },
    },
  ],
});

it('says to people that they have to comment, and to services that they need not', async () => {
  const viewer = '{ viewer { commentRequired } }';
  expect(await as(support, viewer, {})).toMatchObject({ data: { viewer: { commentRequired: true } } });
  expect(await service.data(viewer)).toEqual({ viewer: { commentRequired: false } });
});

it.each<[string, string, () => Readonly<Record<string, unknown>>, readonly string[]]>([
  ['one session', one(), () => ({ id: pat.sessions[0]?.id }), ['comment']],
  ['one with blanks for a comment', one(', comment: " \\n"'), () => ({ id: pat.sessions[0]?.id }), ['comment']],
  ['sessions of a user', many, () => ({ input: { userId: pat.id, reason: 'OTHER' } }), ['input', 'comment']],
  [
    'sessions by their ids',
    many,
    () => ({ input: { sessionIds: [pat.sessions[0]?.id], reason: 'OTHER', comment: '' } }),
    ['input', 'comment'],
  ],
  [
    'all but one',
    many,
    () => ({ input: { userId: pat.id, exceptSessionIds: [pat.sessions[0]?.id], reason: 'OTHER' } }),
    ['input', 'comment'],
  ],
  ['all above a limit', limit, () => ({ input: { userId: pat.id, maxSessions: 1 } }), ['input', 'comment']],
  ['all but the newest', single, () => ({ id: pat.id }), ['comment']],
])('refuses people who end %s without a comment, and ends nothing', async (_what, document, variables, argument) => {
  service.emulator.calls.clear();
  expect(await as(support, document, variables())).toMatchObject(refusedAt(...argument));
  expect(service.emulator.calls.count({ method: 'DELETE' })).toBe(0);
  expect(pat.liveIds()).toHaveLength(3);
});

it('asks for no comment where nothing ends, of services, and on sessions of one’s own', async () => {
  const id = pat.sessions[0]?.id;
  expect(await as(support, one(', dryRun: true'), { id })).toMatchObject({
    data: { revokeSession: { outcome: 'WOULD_REVOKE' } },
  });
  expect(await as(pat, one(), { id })).toMatchObject({ data: { revokeSession: { outcome: 'REVOKED' } } });
  expect(await service.data(one(), { id: pat.sessions[1]?.id })).toMatchObject({
    revokeSession: { outcome: 'REVOKED' },
  });
  const own = support.addSession();
  expect(await as(support, one(), { id: own.id })).toMatchObject({ data: { revokeSession: { outcome: 'REVOKED' } } });
});

it('revokes with a comment, and answers it as that of the ended session', async () => {
  const id = pat.sessions[2]?.id;
  expect(await as(support, one(', comment: "Ticket 4711"'), { id })).toMatchObject({
    data: { revokeSession: { outcome: 'REVOKED' } },
  });
  const { endedSession } = await service.data<{ endedSession: unknown }>(
    'query ($id: ID!) { endedSession(id: $id) { comment } }',
    { id },
  );
  expect(endedSession).toEqual({ comment: 'Ticket 4711' });
});
