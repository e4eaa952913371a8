import { expect, it } from 'vitest';
import { idsOf, queryEnforceSingleSession } from '../support/enforcement.js';
import { startTestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';
import { watchSessions } from './support/session-history.js';

/** More show nothing else, but take longer: what happens at once happens to one user. LOAD_USERS sets another number. */
const userCount = Number(process.env['LOAD_USERS'] ?? 15);
const loginsPerUser = 20;

/** So that a slow machine makes the test slow, and no call fail: what deadlines and queues do is not the subject. */
const patience = {
  FUSIONAUTH_REQUEST_TIMEOUT_MS: '60000',
  FUSIONAUTH_CALL_BUDGET_MS: '120000',
  FUSIONAUTH_MAX_QUEUED_CALLS: '100000',
  ENDING_BUDGET_MS: '300000',
  OPERATION_TIMEOUT_MS: '300000',
  LOG_LEVEL: 'error',
};

it(`${userCount} users who sign in ${loginsPerUser} times at once, each login enforcing, keep their newest session only, and never have none`, {
  timeout: 60_000 + userCount * 3_000,
}, async () => {
  await using service = await startTestService({ env: patience });
  const history = watchSessions(service.emulator.store);
  const users = Array.from({ length: userCount }, () => service.user());

  const signInAndEnforce = async (user: TestUser, namesItsSession: boolean) => {
    const { refreshTokenId } = await user.login();
    const { body } = await queryEnforceSingleSession(service, {
      userId: user.id,
      ...(namesItsSession ? { keepSessionId: refreshTokenId } : {}),
    });
    expect(body.errors).toBeUndefined();
    const payload = body.data?.enforceSingleSession;
    if (payload === undefined) throw new Error('There is neither an error nor a payload');
    return payload;
  };
  const payloads = await Promise.all(
    users.flatMap((user) =>
      Array.from({ length: loginsPerUser }, (_, index) => signInAndEnforce(user, index % 2 === 0)),
    ),
  );

  for (const user of users) {
    const begun = history.begunBy(user.id);
    expect(begun).toHaveLength(loginsPerUser);
    expect(user.liveIds()).toEqual([begun[0]?.id]);
  }
  expect([...history.usersLeftWithout]).toEqual([]);

  // Whoever was faster, each session that ended was ended by exactly one call, and none was reported as failed.
  const ended = payloads.flatMap(({ revokedSessions }) => idsOf(revokedSessions));
  expect(ended).toHaveLength(userCount * (loginsPerUser - 1));
  expect(new Set(ended).size).toBe(ended.length);
  expect(payloads.flatMap(({ failures }) => failures)).toEqual([]);
  // A call whose own session was ended by a faster one before it looked revokes nothing.
  const codes = new Set(payloads.map(({ outcome, userErrors }) => outcome ?? userErrors[0]?.code ?? 'none'));
  expect([...codes].filter((code) => !expectedCodes.has(code))).toEqual([]);
});

const expectedCodes = new Set(['ENFORCED', 'SUPERSEDED', 'WITHIN_LIMIT', 'KEEP_SESSION_NOT_LIVE']);
