import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RefreshToken } from '../../src/emulator/store/records.js';
import { SessionTable } from '../../src/emulator/store/session-table.js';

const users = ['ann', 'bob'];
const applications = ['shop', 'desk', undefined];

/** One change of a table. `at` chooses among the sessions there are. */
const change = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    userId: fc.constantFrom(...users),
    applicationId: fc.constantFrom(...applications),
    insertInstant: fc.nat({ max: 5 }),
  }),
  fc.record({ kind: fc.constant('rotate' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat() }),
);

it('answers every look-up like a plain list searched from end to end', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const table = new SessionTable();
      let model: RefreshToken[] = [];
      for (const [step, done] of changes.entries()) {
        const session = done.kind === 'insert' ? undefined : model[done.at % Math.max(1, model.length)];
        if (done.kind === 'insert') {
          const { userId, applicationId, insertInstant } = done;
          const inserted: RefreshToken = {
            id: `id ${step}`,
            token: `token ${step}`,
            userId,
            ...(applicationId === undefined ? { tenantId: 'tenant' } : { applicationId }),
            insertInstant,
            startInstant: insertInstant,
          };
          table.insert({ session: inserted, authInstant: insertInstant });
          model = [...model, inserted];
        } else if (session !== undefined && done.kind === 'rotate') {
          const row = table.findByToken(session.token);
          expect(row?.session).toBe(session);
          if (row !== undefined) {
            table.rotate(row, `token ${step}`, step);
          }
        } else if (session !== undefined) {
          expect(table.delete(session.id)).toBe(true);
          expect(table.delete(session.id)).toBe(false);
          expect(table.findByToken(session.token)).toBeUndefined();
          model = model.filter((other) => other !== session);
        }
      }
      expect(table.size).toBe(model.length);
      for (const userId of users) {
        const newestFirst = model
          .filter((each) => each.userId === userId)
          .reverse()
          .sort((a, b) => b.insertInstant - a.insertInstant);
        expect(table.ofUser(userId).map(({ session }) => session)).toEqual(newestFirst);
      }
      for (const applicationId of ['shop', 'desk']) {
        const expected = model.filter((each) => each.applicationId === applicationId);
        expect(table.ofApplication(applicationId).map(({ session }) => session)).toEqual(expected);
      }
      for (const each of model) {
        expect(table.get(each.id)?.session).toBe(each);
        expect(table.findByToken(each.token)?.session).toBe(each);
      }
    }),
  );
});

it('recognises the ten values before the current one, and forgets older ones', () => {
  const table = new SessionTable();
  const session = { id: 'id', token: 'token 0', userId: 'ann', insertInstant: 0, startInstant: 0 };
  const row = { session, authInstant: 0 };
  table.insert(row);
  for (let index = 1; index <= 12; index += 1) {
    table.rotate(row, `token ${index}`, index);
  }

  const known = Array.from({ length: 13 }, (_, index) => table.findByToken(`token ${index}`) !== undefined);
  expect(known).toEqual([false, false, ...Array.from({ length: 11 }, () => true)]);
  table.delete('id');
  expect(table.findByToken('token 5')).toBeUndefined();
});
