import { describe, expect, it } from 'vitest';
import {
  anyEntry,
  causeOf,
  claimed,
  deliveryOf,
  endingOf,
  first,
  type OpenStores,
  opened,
  reportOf,
  sessions,
} from './replicas-of-one-store.js';

/** What every adapter promises of claims: each ending is put down to the operation that it belongs to. */
export function describeClaims(name: string, open: OpenStores): void {
  describe(`${name}: claims`, () => {
    it('put what FusionAuth reports down to the operation that claimed first and has not given up', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const mine = await claimed(here, causeOf('SINGLE_SESSION_POLICY'));
      const later = await claimed(there, causeOf('USER_REQUEST'));
      later.settle(first.id, 'lives');
      await later[Symbol.asyncDispose]();
      await stores.recorders[1].recordReported(reportOf(first), deliveryOf(1));
      const remembered = await there.memory.findEnded(first.id);
      expect(remembered).toMatchObject({ ended: { reason: 'SINGLE_SESSION_POLICY' }, cause: { requestId: 'request' } });
      await mine[Symbol.asyncDispose]();
    });

    it('put an ending that another operation finds down to the one that is at it', async () => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const finder = await claimed(there, causeOf('USER_REQUEST', 'finder'));
      const doer = await claimed(here, causeOf('SINGLE_SESSION_POLICY', 'doer'));
      const found = endingOf(first, 'USER_REQUEST');
      await stores.recorders[1].recordOwn(found, null, causeOf('USER_REQUEST', 'finder'), 'alreadyEnded');
      const done = endingOf(first, 'SINGLE_SESSION_POLICY');
      await stores.recorders[0].recordOwn(done, null, causeOf('SINGLE_SESSION_POLICY', 'doer'));
      expect(await stores.published(1)).toMatchObject([
        { reason: 'SINGLE_SESSION_POLICY', initiatingEntity: 'POLICY' },
      ]);
      const expected = { outcome: 'revoked', cause: { requestId: 'doer' } };
      expect(await there.history.list(anyEntry, 10, null)).toMatchObject([expected]);
      await doer[Symbol.asyncDispose]();
      await finder[Symbol.asyncDispose]();
    });

    it.each([
      ['FusionAuth reports it', null],
      ['another operation finds it', 'alreadyEnded'],
    ] as const)('that nobody has seen are made up for by whoever did it, where %s first', async (_what, found) => {
      await using stores = await opened(open, 2);
      const [here, there] = stores.replicas;
      const [one, other] = stores.recorders;
      if (found === null) await other.recordReported(reportOf(first), deliveryOf(1));
      else await other.recordOwn(endingOf(first, 'USER_REQUEST'), null, causeOf('USER_REQUEST', 'finder'), found);
      const [before] = await here.history.list(anyEntry, 10, null);
      const cause = { ...causeOf('SINGLE_SESSION_POLICY', 'doer'), comment: 'one seat' };
      const done = { ...endingOf(first, 'SINGLE_SESSION_POLICY'), replacedBySessionId: sessions[1]?.id ?? null };
      expect(await one.recordOwn(done, null, cause)).toBe('known');
      // Whoever comes later has not.
      expect(await one.recordOwn(endingOf(first, 'OTHER'), null, causeOf('OTHER', 'later'))).toBe('known');
      await stores.published(1);
      const { reason, replacedBySessionId } = done;
      for (const { memory, history } of [here, there]) {
        expect(await memory.findEnded(first.id)).toMatchObject({ ended: { reason, replacedBySessionId }, cause });
        const entries = await history.list(anyEntry, 10, null);
        expect(entries).toEqual([{ ...before, outcome: 'revoked', reason, replacedBySessionId, cause }]);
      }
    });

    it('that nobody has seen leave an ending that FusionAuth reports to nobody where an operation only finds it', async () => {
      await using stores = await opened(open, 2);
      await stores.recorders[1].recordReported(reportOf(first), deliveryOf(1));
      const found = endingOf(first, 'USER_REQUEST');
      await stores.recorders[0].recordOwn(found, null, causeOf('USER_REQUEST'), 'alreadyEnded');
      const remembered = await stores.replicas[1].memory.findEnded(first.id);
      expect(remembered).toMatchObject({ ended: { reason: 'OTHER' }, cause: null });
    });

    it('put nothing down to an operation that has found the session alive', async () => {
      await using stores = await opened(open, 2);
      const view = await claimed(stores.replicas[0], causeOf('SINGLE_SESSION_POLICY'));
      view.settle(first.id, 'lives');
      await view[Symbol.asyncDispose]();
      await stores.recorders[1].recordReported(reportOf(first), deliveryOf(1));
      const remembered = await stores.replicas[1].memory.findEnded(first.id);
      expect(remembered).toMatchObject({ ended: { reason: 'OTHER' }, cause: null });
    });
  });
}
