import { afterAll, describe, expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

const service = await startTestService();

afterAll(() => service[Symbol.asyncDispose]());

const twoUsers = `mutation ($one: ID!, $other: ID!) {
  first: enforceSingleSession(userId: $one) { outcome }
  second: enforceSingleSession(userId: $other) { outcome }
  third: revokeSessions(input: { userId: $one, reason: ADMIN_REQUEST }) { revokedCount }
}`;

describe('of several mutations in one document', () => {
  it('each has its payload when none fails', async () => {
    const [alice, bob] = [service.user({ sessions: 3 }), service.user({ sessions: 2 })];
    const { body } = await service.query(twoUsers, { one: alice.id, other: bob.id });
    expect(body.data).toEqual({
      first: { outcome: 'ENFORCED' },
      second: { outcome: 'ENFORCED' },
      third: { revokedCount: 1 },
    });
    expect(body.extensions).not.toHaveProperty('executed');
  });

  it('those that were executed are named when a later one fails', async () => {
    const [alice, bob] = [service.user({ sessions: 3 }), service.user({ sessions: 2 })];
    const { body } = await service.query(twoUsers, { one: alice.id, other: 'not a UUID' });
    expect(body.data).toBeNull();
    expect(body.errors).toMatchObject([{ path: ['second'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(body.extensions).toMatchObject({
      executed: [{ path: ['first'], outcome: 'ENFORCED', revokedCount: 2 }],
    });
    expect([alice.liveIds().length, bob.liveIds().length]).toEqual([1, 2]);
  });

  it('nothing is named when nothing was executed', async () => {
    const { body } = await service.query('mutation { enforceSingleSession(userId: "x") { outcome } }');
    expect(body.data).toBeNull();
    expect(body.extensions).not.toHaveProperty('executed');
  });
});

it('the answer to mutations that is too long names what they have done', async () => {
  await using service = await startTestService({ env: { MAX_RESPONSE_BYTES: '2000' } });
  const [alice, bob] = [service.user({ sessions: 20 }), service.user({ sessions: 20 })];
  const { status, body } = await service.query(
    `mutation ($alice: ID!, $bob: ID!) {
      first: enforceSingleSession(userId: $alice) { revokedSessions { sessionId userId endedAt } }
      second: revokeSessions(input: { userId: $bob, reason: ADMIN_REQUEST }) { revokedSessions { sessionId } }
    }`,
    { alice: alice.id, bob: bob.id },
  );
  expect([alice.liveIds().length, bob.liveIds().length]).toEqual([1, 0]);
  expect([status, body.errors?.[0]?.message]).toEqual([400, expect.stringMatching(/more than 2000 bytes/)]);
  expect(body.extensions).toMatchObject({
    executed: [
      { path: ['first'], outcome: 'ENFORCED', revokedCount: 19 },
      { path: ['second'], revokedCount: 20 },
    ],
  });
});
