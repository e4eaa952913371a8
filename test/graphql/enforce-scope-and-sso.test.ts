import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf, type EnforceSingleSessionArguments, enforceSingleSession } from '../support/enforcement.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

/** A user with two sessions in each application and two SSO sessions; the names tell which ones live. */
function userOfBoth() {
  const alice = service.user();
  const now = service.emulator.clock.now();
  const ids = new Map<string, string>();
  const add = (name: string, ageMinutes: number, applicationId: string | undefined) =>
    ids.set(alice.addSession({ applicationId, insertInstant: now - ageMinutes * 60_000 }).id, name);
  add('sso 1', 6, undefined);
  add('shop 1', 5, service.shop.id);
  add('console 1', 4, service.console.id);
  add('shop 2', 3, service.shop.id);
  add('sso 2', 2, undefined);
  add('console 2', 1, service.console.id);
  return { id: alice.id, live: () => alice.liveIds().map((id) => ids.get(id)), nameOf: (id: string) => ids.get(id) };
}

type Case = Omit<EnforceSingleSessionArguments, 'userId'> & { readonly of?: 'shop' };

describe('enforceSingleSession', () => {
  it.each<[string, Case, readonly string[], readonly string[]]>([
    [
      'keeps one application session and one SSO session by default',
      {},
      ['console 2', 'sso 2'],
      ['SSO_SESSIONS_REMAIN'],
    ],
    [
      'keeps one session in each application',
      { scope: 'PER_APPLICATION' },
      ['console 2', 'sso 2', 'shop 2'],
      ['SSO_SESSIONS_REMAIN'],
    ],
    [
      'leaves other applications and SSO alone when an application is named',
      { of: 'shop' },
      ['console 2', 'sso 2', 'shop 2', 'console 1', 'sso 1'],
      ['SSO_SESSIONS_REMAIN'],
    ],
    [
      'ends SSO sessions all the same when told to',
      { of: 'shop', ssoSessions: 'REVOKE_ALL' },
      ['console 2', 'shop 2', 'console 1'],
      [],
    ],
    ['keeps every SSO session', { ssoSessions: 'KEEP_ALL' }, ['console 2', 'sso 2', 'sso 1'], ['SSO_SESSIONS_REMAIN']],
    ['keeps the newest SSO session', { ssoSessions: 'KEEP_NEWEST' }, ['console 2', 'sso 2'], ['SSO_SESSIONS_REMAIN']],
    ['keeps no SSO session', { ssoSessions: 'REVOKE_ALL' }, ['console 2'], []],
  ])('%s', async (_what, { of, ...variables }, live, warnings) => {
    const user = userOfBoth();
    const payload = await enforceSingleSession(service, {
      userId: user.id,
      ...variables,
      ...(of === undefined ? {} : { applicationId: service.shop.id }),
    });
    expect(payload.outcome).toBe('ENFORCED');
    expect(user.live()).toEqual(live);
    expect(payload.keptSessions.map(({ id }) => user.nameOf(id))).toEqual(live);
    expect(codesOf(payload.warnings)).toEqual(['ACCESS_TOKENS_STILL_VALID', ...warnings]);
  });

  it('names no single kept session when one stays in each application', async () => {
    const user = userOfBoth();
    const payload = await enforceSingleSession(service, { userId: user.id, scope: 'PER_APPLICATION' });
    expect(payload.keptSession).toBeNull();
  });

  it('names for each session the one of its kind that stays in its place', async () => {
    const user = userOfBoth();
    const payload = await enforceSingleSession(service, { userId: user.id, scope: 'PER_APPLICATION' });
    const replacements = payload.revokedSessions.map(({ id, replacedBySessionId }) => [
      user.nameOf(id),
      user.nameOf(replacedBySessionId ?? ''),
    ]);
    expect(replacements).toEqual([
      ['sso 1', 'sso 2'],
      ['shop 1', 'shop 2'],
      ['console 1', 'console 2'],
    ]);
  });

  it('names no replacement and no access tokens for an SSO session when none stays', async () => {
    const alice = service.user({ ssoSessions: 1 });
    const payload = await enforceSingleSession(service, { userId: alice.id, ssoSessions: 'REVOKE_ALL' });
    expect(payload).toMatchObject({
      outcome: 'ENFORCED',
      keptSession: null,
      revokedSessions: [{ applicationId: null, replacedBySessionId: null, accessTokensExpireBy: null }],
      accessTokensExpireBy: null,
      warnings: [],
    });
  });

  it('is NO_SESSIONS for a user with sessions of other applications only', async () => {
    const alice = service.user();
    alice.addSession({ applicationId: service.console.id });
    const payload = await enforceSingleSession(service, { userId: alice.id, applicationId: service.shop.id });
    expect(payload).toMatchObject({ outcome: 'NO_SESSIONS', keptSession: null });
    expect(payload.keptSessions).toHaveLength(1);
  });
});
