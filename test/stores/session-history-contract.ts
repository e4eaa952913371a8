import { describe, expect, it } from 'vitest';
import { session } from '../support/sessions.js';
import {
  anyEntry,
  causeOf,
  deliveryOf,
  endingOf,
  failureOf,
  first,
  now,
  type OpenStores,
  opened,
  reportOf,
  sessions,
  user,
} from './replicas-of-one-store.js';

/** What every adapter of the history promises. */
export function describeHistory(name: string, open: OpenStores): void {
  describe(`${name}: the history`, () => {
    it('shows at every replica who ended which session, the newest first, in pages that stay as sessions go on ending', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      for (const one of sessions) await stores.recorders[0].recordOwn(endingOf(one, 'OTHER'), null, causeOf('OTHER'));
      await stores.published(3);
      const [newest] = await there.history.list(anyEntry, 1, null);
      expect(newest).toMatchObject({ sessionId: sessions[2]?.id, cause: causeOf('OTHER'), recordedAt: now });
      const later = session({ number: 4 });
      await stores.recorders[1].recordOwn(endingOf(later, 'USER_REQUEST'), null, causeOf('USER_REQUEST'));
      await stores.published(1);
      const rest = await here.history.list(anyEntry, 10, newest?.id ?? '');
      expect(rest.map(({ sessionId }) => sessionId)).toEqual([sessions[1]?.id, sessions[0]?.id]);
    });

    it.each([
      ['userId', (one: typeof first) => ({ userId: one.userId }), 3],
      ['sessionId', (one: typeof first) => ({ sessionId: one.id }), 1],
      ['applicationId', (one: typeof first) => ({ applicationId: one.applicationId }), 3],
      ['actorName', () => ({ actorName: 'shop' }), 3],
      ['another actorName', () => ({ actorName: 'desk' }), 0],
      ['reason', () => ({ reason: 'OTHER' as const }), 3],
      ['another reason', () => ({ reason: 'USER_LOGOUT' as const }), 0],
      ['actorUserId', () => ({ actorUserId: user.userId }), 0],
      ['requestId', () => ({ requestId: 'request' }), 3],
      ['another requestId', () => ({ requestId: 'other' }), 0],
      ['outcome', () => ({ outcome: 'revoked' as const }), 3],
      ['another outcome', () => ({ outcome: 'failed' as const }), 0],
      ['since', () => ({ since: now }), 3],
      ['since later', () => ({ since: now + 1 }), 0],
      ['until', () => ({ until: now }), 0],
    ])('is searched by %s', async (_name, filterOf, expected) => {
      await using stores = await opened(open, 1);
      for (const one of sessions) await stores.recorders[0].recordOwn(endingOf(one, 'OTHER'), null, causeOf('OTHER'));
      const [{ history }] = stores.replicas;
      expect(await history.list({ ...anyEntry, ...filterOf(first) }, 10, null)).toHaveLength(expected);
    });

    it('keeps the device of a session, with its event, too, whoever says first that it ended', async () => {
      const device = { name: 'Lost phone', description: null, type: 'MOBILE' };
      const [, second = user, third = user] = sessions;
      await using stores = await opened(open, 2);
      const [here, there] = stores.recorders;
      await here.recordOwn({ ...endingOf(first, 'OTHER'), device }, null, causeOf('OTHER'));
      await there.recordReported({ ...reportOf(second), device }, deliveryOf(1));
      await here.recordOwn(endingOf(third, 'OTHER'), null, causeOf('OTHER'));
      const published = await stores.published(3);
      expect(published.map((event) => event.device)).toEqual([device, device, undefined]);
      // Its own record comes after the report: what was known of the device stays.
      await here.recordOwn(endingOf(second, 'OTHER'), null, causeOf('OTHER'));
      const entries = await stores.replicas[1].history.list(anyEntry, 9, null);
      expect(entries.map((entry) => [entry.sessionId, entry.device])).toEqual([
        [third.id, undefined],
        [second.id, device],
        [first.id, device],
      ]);
    });

    it('keeps revocations that failed beside endings, in one order, and says of each what came of it', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const [, second = first, third = first] = sessions;
      const cause = { ...causeOf('ADMIN_REQUEST'), actor: { kind: 'user', userId: user.userId, name: 'ann' } as const };
      await here.history.recordFailed([first, second].map((one) => failureOf(one, cause)));
      await stores.recorders[1].recordOwn(endingOf(third, 'OTHER'), null, causeOf('OTHER'), 'alreadyEnded');
      await stores.recorders[0].recordOwn(endingOf(first, 'ADMIN_REQUEST'), null, cause);
      await stores.published(2);
      const entries = await there.history.list(anyEntry, 10, null);
      expect(entries.map(({ sessionId, outcome, endedAt }) => [sessionId, outcome, endedAt])).toEqual([
        [first.id, 'revoked', now],
        [third.id, 'alreadyEnded', now],
        [second.id, 'failed', null],
        [first.id, 'failed', null],
      ]);
      expect(entries[2]).toMatchObject({ cause, userId: user.userId, reason: 'ADMIN_REQUEST', recordedAt: now });
      const rest = await there.history.list(anyEntry, 10, entries[1]?.id ?? '');
      expect(rest).toEqual(entries.slice(2));
      const byPerson = await there.history.list({ ...anyEntry, actorUserId: user.userId }, 10, null);
      expect(byPerson.map(({ sessionId }) => sessionId)).toEqual([first.id, second.id, first.id]);
    });

    it('refuses to read on after what is no entry', async () => {
      await using stores = await opened(open, 1);
      await expect(stores.replicas[0].history.list(anyEntry, 1, 'never')).rejects.toThrow('names no entry');
    });
  });
}
