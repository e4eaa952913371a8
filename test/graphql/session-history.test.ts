import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const document = `query ($filter: SessionHistoryFilter, $first: Int!, $after: ID) {
  sessionHistory(filter: $filter, first: $first, after: $after) {
    entries { id sessionId userId reason initiatingEntity actor { kind userId name } comment requestId }
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

it('needs audit:read', async () => {
  const { body } = await service.query(document, { first: 1 }, { key: service.key(['session:read']) });
  expect(body.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  const allowed = await service.query(document, { first: 1 }, { key: service.key(['audit:read']) });
  expect(allowed.body.errors).toBeUndefined();
});
