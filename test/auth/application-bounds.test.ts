import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopId } from '../support/access-tokens.js';
import { comparableAnswer } from '../support/answers.js';
import { enforceSingleSession, idsOf } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';
import { serviceKeysVariable } from '../support/service-keys.js';
import type { TestUser } from '../support/users.js';

const key = 'key-of-the-shop';

let service: TestService;
/** Two sessions of the shop, then one of the console and an SSO session, which are newer. */
let alice: TestUser;
let ofShop: readonly string[];
let ofConsole: string;
let sso: string;

beforeAll(async () => {
  const variable = serviceKeysVariable({ name: 'shop', key, applicationIds: [shopId] });
  service = await startTestService({ shopId, env: { SERVICE_KEYS: variable } });
});

afterAll(() => service[Symbol.asyncDispose]());

beforeEach(() => {
  alice = service.user({ sessions: 2 });
  ofShop = idsOf(alice.sessions);
  ofConsole = alice.addSession({ applicationId: service.console.id }).id;
  sso = alice.addSession({ applicationId: undefined }).id;
});

const ask = <Data>(document: string, variables: Readonly<Record<string, unknown>>) =>
  service.data<Data>(document, variables, { key });

describe('a key that is bound to the shop', () => {
  it('lists, counts and finds sessions of the shop only', async () => {
    const newestFirst = [...ofShop].reverse().map((id) => ({ id }));
    const document = `query ($userId: ID!, $shop: ID!, $console: ID!, $sso: ID!) {
      sessions(userId: $userId) { id }
      sessionsConnection(userId: $userId) { totalCount nodes { id } }
      user(id: $userId) { sessionCount sessions { id } }
      shop: session(id: $shop) { id }
      console: session(id: $console) { id }
      sso: session(id: $sso) { id }
    }`;
    expect(await ask(document, { userId: alice.id, shop: ofShop[0], console: ofConsole, sso })).toEqual({
      sessions: newestFirst,
      sessionsConnection: { totalCount: 2, nodes: newestFirst },
      user: { sessionCount: 2, sessions: newestFirst },
      shop: { id: ofShop[0] },
      console: null,
      sso: null,
    });
  });

  it('is not led beyond by a filter', async () => {
    const document = `query ($userId: ID!, $console: ID!) {
      sessions(userId: $userId, filter: { applicationIds: [$console] }) { id }
      sso: sessions(userId: $userId, filter: { kinds: [SSO] }) { id }
    }`;
    expect(await ask(document, { userId: alice.id, console: service.console.id })).toEqual({ sessions: [], sso: [] });
  });

  it('enforces among sessions of the shop: newer ones elsewhere neither count nor end', async () => {
    const [older, newer] = ofShop;
    const { body } = await service.query<{ enforceSingleSession: object }>(
      `mutation ($userId: ID!) {
        enforceSingleSession(userId: $userId, ssoSessions: REVOKE_ALL) { outcome keptSessions { id } revokedSessions { sessionId } }
      }`,
      { userId: alice.id },
      { key },
    );
    expect(body.data?.enforceSingleSession).toEqual({
      outcome: 'ENFORCED',
      keptSessions: [{ id: newer }],
      revokedSessions: [{ sessionId: older }],
    });
    expect([...alice.liveIds()].sort()).toEqual([newer, ofConsole, sso].sort());
  });

  it('ends all sessions of the shop and none elsewhere', async () => {
    const document =
      'mutation ($userId: ID!) { revokeSessions(input: { userId: $userId, reason: OTHER }) { revokedCount } }';
    expect(await ask(document, { userId: alice.id })).toEqual({ revokeSessions: { revokedCount: 2 } });
    expect([...alice.liveIds()].sort()).toEqual([ofConsole, sso].sort());
  });

  it('is shown less than a key without bounds, so that there was something to hide', async () => {
    await using open = await startTestService({ shopId });
    const user = open.user({ sessions: 1 });
    user.addSession({ applicationId: undefined });
    user.addSession({ applicationId: open.console.id });
    expect(await enforceSingleSession(open, { userId: user.id })).toMatchObject({
      outcome: 'ENFORCED',
      revokedCount: 1,
    });
    expect(user.liveIds()).toHaveLength(2);
  });
});

describe('a session beyond the bounds is answered, byte for byte, as one that does not exist', () => {
  it.each([
    ['session', 'query ($sessionId: ID!) { session(id: $sessionId) { id } }'],
    [
      'revokeSession',
      'mutation ($sessionId: ID!) { revokeSession(sessionId: $sessionId) { outcome userErrors { code message } } }',
    ],
    [
      'revokeSessions',
      'mutation ($sessionId: ID!) { revokeSessions(input: { sessionIds: [$sessionId], reason: OTHER }) { revokedCount alreadyEndedIds failures { code } } }',
    ],
  ])('%s', async (_what, document) => {
    const unknown = await comparableAnswer(service, document, { sessionId: randomUUID() }, { key });
    for (const sessionId of [ofConsole, sso]) {
      expect(await comparableAnswer(service, document, { sessionId }, { key })).toBe(unknown);
    }
    expect(unknown).toMatch(/^200\n/);
    expect(unknown).not.toContain('"errors"');
    expect(alice.liveIds()).toHaveLength(4);
  });

  it.each([
    [
      'enforceSingleSession',
      'mutation ($userId: ID!, $sessionId: ID!) { enforceSingleSession(userId: $userId, keepSessionId: $sessionId) { outcome userErrors { code message } } }',
    ],
    [
      'revokeSessions',
      'mutation ($userId: ID!, $sessionId: ID!) { revokeSessions(input: { userId: $userId, exceptSessionIds: [$sessionId], reason: OTHER }) { revokedCount userErrors { code message } } }',
    ],
  ])('%s, which then ends nothing', async (_what, document) => {
    const unknown = await comparableAnswer(service, document, { userId: alice.id, sessionId: randomUUID() }, { key });
    for (const sessionId of [ofConsole, sso]) {
      expect(await comparableAnswer(service, document, { userId: alice.id, sessionId }, { key })).toBe(unknown);
    }
    expect(unknown).toContain('"code"');
    expect(alice.liveIds()).toHaveLength(4);
  });
});
