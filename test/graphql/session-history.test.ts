import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const document = `query ($filter: SessionHistoryFilter, $first: Int!, $after: ID) {
  sessionHistory(filter: $filter, first: $first, after: $after) {
    entries { id sessionId userId outcome endedAt reason initiatingEntity actor { kind userId name } comment requestId }
    hasMore
    keptSince
  }
}`;

interface History {
  readonly sessionHistory: {
    readonly entries: readonly { readonly id: string; readonly sessionId: string; readonly requestId: string }[];
    readonly hasMore: boolean;
  };
}

it('shows who ended which session, why and with what note, page by page, to those who may know', async () => {
  const { id: userId, sessions } = service.user({ sessions: 3 });
  for (const { id } of sessions) {
    await service.data(
      'mutation ($id: ID!) { revokeSession(sessionId: $id, reason: SUSPECTED_COMPROMISE, comment: "ticket 7") { outcome } }',
      { id },
    );
  }
  const filter = { userId };
  const { sessionHistory: page } = await service.data<History>(document, { filter, first: 2 });
  expect(page).toMatchObject({
    hasMore: true,
    entries: [sessions[2], sessions[1]].map((session) => ({
      sessionId: session?.id,
      userId,
      outcome: 'REVOKED',
      reason: 'SUSPECTED_COMPROMISE',
      initiatingEntity: 'SYSTEM',
      actor: { kind: 'SERVICE', userId: null, name: expect.stringMatching(/^test/) },
      comment: 'ticket 7',
      requestId: expect.any(String),
    })),
  });
  const { sessionHistory: rest } = await service.data<History>(document, {
    filter,
    first: 2,
    after: page.entries[1]?.id,
  });
  expect([rest.hasMore, rest.entries.map(({ sessionId }) => sessionId)]).toEqual([false, [sessions[0]?.id]]);
});

it('shows the device of each session, failed or ended, to those who may see sessions', async () => {
  const user = service.user();
  const device = { name: 'Lost phone', description: 'x'.repeat(400), type: 'MOBILE' };
  const [lost, stubborn] = [user.addSession({ device }), user.addSession({ device })];
  const plain = user.addSession();
  const path = `/api/jwt/refresh/${stubborn.id}`;
  const fault = { kind: 'status', status: 500 } as const;
  const broken = service.emulator.faults.add({ method: 'DELETE', path, fault });
  const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { outcome } }';
  for (const { id } of [lost, stubborn, plain]) await service.data(revoke, { id });
  broken.remove();
  const devices =
    'query ($userId: ID!) { sessionHistory(filter: { userId: $userId }) { entries { sessionId device { name description type } } } }';
  const asked = async (key: string) => {
    const { body } = await service.query<History>(devices, { userId: user.id }, { key });
    return new Map(body.data?.sessionHistory.entries.map((entry) => [entry.sessionId, { ...entry }]));
  };
  const cut = { ...device, description: 'x'.repeat(255) };
  expect(await asked(service.key(['audit:read', 'session:read']))).toEqual(
    new Map([
      [plain.id, { sessionId: plain.id, device: null }],
      [stubborn.id, { sessionId: stubborn.id, device: cut }],
      [lost.id, { sessionId: lost.id, device: cut }],
    ]),
  );
  const others = [...(await asked(service.key(['audit:read']))).values()];
  expect(others).toMatchObject([{ device: null }, { device: null }, { device: null }]);
});

it('shows revocations that failed, and what else a request ended', async () => {
  const { id: userId, sessions } = service.user({ sessions: 3 });
  const fault = { kind: 'status', status: 500 } as const;
  const path = `/api/jwt/refresh/${sessions[1]?.id}`;
  const broken = service.emulator.faults.add({ method: 'DELETE', path, fault });
  await service.data(
    'mutation ($userId: ID!) { enforceSingleSession(userId: $userId, comment: "again") { outcome } }',
    { userId },
  );
  broken.remove();
  const { sessionHistory: failed } = await service.data<History>(document, {
    filter: { userId, outcome: 'FAILED' },
    first: 9,
  });
  const [entry] = failed.entries;
  expect(failed.entries).toMatchObject([
    {
      sessionId: sessions[1]?.id,
      endedAt: null,
      reason: 'SINGLE_SESSION_POLICY',
      actor: { kind: 'SERVICE' },
      comment: 'again',
    },
  ]);
  const { sessionHistory: request } = await service.data<History>(document, {
    filter: { requestId: entry?.requestId },
    first: 9,
  });
  expect(request.entries.map(({ sessionId }) => sessionId).sort()).toEqual(
    sessions
      .slice(0, 2)
      .map(({ id }) => id)
      .sort(),
  );
});

describe('the one that ended a session', () => {
  const revoke =
    'mutation ($id: ID!) { revokeSession(sessionId: $id, comment: "ticket 7") { endedSession { actor { kind name } comment } } }';
  const ask = 'query ($id: ID!) { endedSession(id: $id) { reason actor { kind name } comment } }';

  it('is shown with its note to those who may read the audit', async () => {
    const { sessions } = service.user({ sessions: 1 });
    const id = sessions[0]?.id;
    const shown = { actor: { kind: 'SERVICE', name: expect.stringMatching(/^test/) }, comment: 'ticket 7' };
    expect(await service.data(revoke, { id })).toEqual({ revokeSession: { endedSession: shown } });
    expect(await service.data(ask, { id })).toEqual({ endedSession: { reason: 'ADMIN_REQUEST', ...shown } });
  });

  it('is not shown to others, who learn the reason all the same', async () => {
    const { sessions } = service.user({ sessions: 1 });
    const id = sessions[0]?.id;
    const key = service.key(['session:read', 'session:revoke']);
    const hidden = { actor: null, comment: null };
    expect(await service.data(revoke, { id }, { key })).toEqual({ revokeSession: { endedSession: hidden } });
    expect(await service.data(ask, { id }, { key })).toEqual({ endedSession: { reason: 'ADMIN_REQUEST', ...hidden } });
  });
});

it('needs audit:read', async () => {
  const { body } = await service.query(document, { first: 1 }, { key: service.key(['session:read']) });
  expect(body.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  const allowed = await service.query(document, { first: 1 }, { key: service.key(['audit:read']) });
  expect(allowed.body.errors).toBeUndefined();
});
