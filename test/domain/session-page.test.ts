import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSessionId, parseUserId } from '../../src/domain/ids.js';
import type { Session } from '../../src/domain/session.js';
import { cursorOf, pageOf } from '../../src/domain/session-page.js';
import { comparator, type SessionOrder } from '../../src/domain/session-query.js';

const uuidOf = (number: number) => `c0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const instants = fc.option(fc.nat(4), { nil: null });

const anySessions: fc.Arbitrary<readonly Session[]> = fc
  .array(fc.record({ createdAt: fc.nat(4), lastAccessedAt: instants, expiresAt: instants }), { maxLength: 12 })
  .map((all) =>
    all.map((one, index) => {
      const [id, userId] = [parseSessionId(uuidOf(index)), parseUserId(uuidOf(999))];
      if (id === undefined || userId === undefined) throw new RangeError('This is no id');
      const device = { name: null, description: null, type: null };
      return {
        ...one,
        id,
        userId,
        kind: 'sso',
        applicationId: null,
        tenantId: null,
        device,
        ipAddress: null,
        scopes: [],
      };
    }),
  );

const anyOrder: fc.Arbitrary<SessionOrder> = fc.record({
  field: fc.constantFrom('createdAt', 'lastAccessedAt', 'expiresAt'),
  direction: fc.constantFrom('ascending', 'descending'),
});

describe('pages of any list in any order', () => {
  it.each(['first', 'last'] as const)('show every session once, in the order of the list, by %s', (take) => {
    fc.assert(
      fc.property(anySessions, anyOrder, fc.integer({ min: 1, max: 5 }), (unordered, order, size) => {
        const sessions = [...unordered].sort(comparator(order));
        const pages: (readonly Session[])[] = [];
        let cursor: string | null = null;
        for (let more = true; more; ) {
          const isForwards = take === 'first';
          const place: { after: string | null; before: string | null } = isForwards
            ? { after: cursor, before: null }
            : { after: null, before: cursor };
          const page = pageOf(sessions, order, { take, size, ...place });
          const seen = pages.flat().length;
          const left = seen + page.sessions.length < sessions.length;
          expect([page.hasNextPage, page.hasPreviousPage]).toEqual(isForwards ? [left, seen > 0] : [seen > 0, left]);
          if (isForwards) pages.push(page.sessions);
          else pages.unshift(page.sessions);
          const edge = page.sessions.at(isForwards ? -1 : 0);
          cursor = edge === undefined ? null : cursorOf(edge, order);
          more = left;
        }
        expect(pages.flat()).toEqual(sessions);
      }),
    );
  });

  it('hold what is between two cursors and nothing else', () => {
    fc.assert(
      fc.property(anySessions, anyOrder, fc.nat(11), fc.nat(11), (unordered, order, one, other) => {
        const sessions = [...unordered].sort(comparator(order));
        const [after, before] = [sessions[one], sessions[other]];
        fc.pre(after !== undefined && before !== undefined);
        if (after === undefined || before === undefined) return;
        const cursors = { after: cursorOf(after, order), before: cursorOf(before, order) };
        for (const take of ['first', 'last'] as const) {
          const page = pageOf(sessions, order, { take, size: 100, ...cursors });
          expect(page.sessions).toEqual(one < other ? sessions.slice(one + 1, other) : []);
        }
      }),
    );
  });
});
