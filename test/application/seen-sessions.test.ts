import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { SeenSessions } from '../../src/application/policy/seen-sessions.js';
import { parseSessionId, parseTenantId } from '../../src/domain/ids.js';

function newId<Id>(parse: (value: unknown) => Id | undefined): Id {
  const id = parse(randomUUID());
  if (id === undefined) throw new TypeError('Not an id');
  return id;
}

it('a new policy of a tenant makes its sessions unknown again, however many other tenants there are', () => {
  const seen = new SeenSessions();
  const tenantId = newId(parseTenantId);
  const session = newId(parseSessionId);
  seen.observePolicy(tenantId, 'first');
  for (let others = 2; others <= 12_000; others += 2) {
    seen.meet(session);
    for (const another of [newId(parseTenantId), newId(parseTenantId)]) seen.observePolicy(another, 'of another');
    seen.observePolicy(tenantId, `after ${others}`);
    expect(seen.meet(session)).toBe(true);
  }
});
