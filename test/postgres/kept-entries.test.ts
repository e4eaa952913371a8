import { expect, it } from 'vitest';
import type { RecordedOutcome } from '../../src/domain/ports/session-history.js';
import { KeptEntries } from '../../src/postgres/kept-entries.js';
import { session } from '../support/sessions.js';

const [one, other] = [1, 2].map((number) => session({ number })) as [
  ReturnType<typeof session>,
  ReturnType<typeof session>,
];

function entryOf({ id, userId, applicationId }: typeof one, requestId: string, outcome: RecordedOutcome) {
  const about = { userId, applicationId, tenantId: null };
  const why = { reason: 'USER_REQUEST', initiatingEntity: 'USER' } as const;
  const cause = { ...why, actor: { kind: 'service', userId: null, name: 'shop' }, comment: null, requestId } as const;
  const ended = {
    ...why,
    id,
    userId,
    applicationId,
    endedAt: 0,
    replacedBySessionId: null,
    accessTokensExpireBy: null,
  };
  const event = { ...about, ...why, type: 'SESSION_REVOKED', sessionId: id, occurredAt: 0 } as const;
  return { event, refusal: null, ending: { ended, outcome, tokensExpireBy: 0, cause } };
}

it('keeps of several operations about one session the one that has ended it, and nothing beyond its bound', () => {
  const kept = new KeptEntries(1);
  const requests = () => kept.first(10).map(([, { ending }]) => ending?.cause?.requestId);
  expect(kept.keep(entryOf(one, 'finder', 'alreadyEnded'))).toBe(true);
  expect(kept.keep(entryOf(one, 'doer', 'revoked'))).toBe(true);
  expect(kept.keep(entryOf(one, 'later finder', 'alreadyEnded'))).toBe(true);
  expect(kept.keep(entryOf(other, 'doer', 'revoked'))).toBe(false);
  expect(requests()).toEqual(['doer']);
});

it('keeps what comes in the place of an entry while that is published', () => {
  const kept = new KeptEntries(1);
  kept.keep(entryOf(one, 'finder', 'alreadyEnded'));
  const published = kept.first(10);
  kept.keep(entryOf(one, 'doer', 'revoked'));
  kept.remove(published);
  expect(kept.first(10).map(([, { ending }]) => ending?.cause?.requestId)).toEqual(['doer']);
  kept.remove(kept.first(10));
  expect(kept.size).toBe(0);
});
