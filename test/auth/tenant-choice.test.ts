import { describe, expect, it } from 'vitest';
import { chooseTenant } from '../../src/auth/tenant-choice.js';
import type { Caller, Permission } from '../../src/domain/caller.js';
import { parseTenantId, type TenantId } from '../../src/domain/ids.js';

const idOf = (text: string): TenantId => {
  const id = parseTenantId(text);
  if (id === undefined) throw new Error(`${text} is no id`);
  return id;
};

const acme = idOf('aaaaaaaa-0000-0000-0000-000000000001');
const globex = idOf('bbbbbbbb-0000-0000-0000-000000000002');
const initech = idOf('cccccccc-0000-0000-0000-000000000003');

function callerIn(...tenantIds: readonly TenantId[]): Caller {
  const bounds = tenantIds.length === 0 ? null : new Set(tenantIds);
  const rights = { expiresAt: null, permissions: new Set<Permission>(), tenantIds: bounds, applicationIds: null };
  return { kind: 'service', name: 'test', ...rights };
}

const badRequest = { ok: false, code: 'BAD_REQUEST' };
const forbidden = { ok: false, code: 'FORBIDDEN' };
const chosen = (tenantId: TenantId | null) => ({ ok: true, tenantId });

describe('the tenant of an operation', () => {
  it.each<[caller: string, Caller, header: string | undefined, configured: TenantId | null, object]>([
    ['of any tenant, naming none', callerIn(), undefined, null, chosen(null)],
    ['of any tenant, naming one', callerIn(), acme, null, chosen(acme)],
    ['of any tenant, naming one in capitals', callerIn(), acme.toUpperCase(), null, chosen(acme)],
    ['of any tenant, naming none, in a bound service', callerIn(), undefined, acme, chosen(acme)],
    ['of any tenant, naming that of a bound service', callerIn(), acme, acme, chosen(acme)],
    ['of any tenant, naming another than a bound service', callerIn(), globex, acme, forbidden],
    ['of one tenant, naming none', callerIn(acme), undefined, null, chosen(acme)],
    ['of one tenant, naming it', callerIn(acme), acme, null, chosen(acme)],
    ['of one tenant, naming another', callerIn(acme), globex, null, forbidden],
    ['of one tenant, naming none, in a service bound to it', callerIn(acme), undefined, acme, chosen(acme)],
    ['of one tenant, naming none, in a service bound to another', callerIn(globex), undefined, acme, forbidden],
    ['of one tenant, naming it, in a service bound to another', callerIn(globex), globex, acme, forbidden],
    ['of one tenant, naming that of a service bound to another', callerIn(globex), acme, acme, forbidden],
    ['of two tenants, naming none', callerIn(acme, globex), undefined, null, badRequest],
    ['of two tenants, naming the second', callerIn(acme, globex), globex, null, chosen(globex)],
    ['of two tenants, naming a third', callerIn(acme, globex), initech, null, forbidden],
    [
      'of two tenants, naming none, in a service bound to one',
      callerIn(acme, globex),
      undefined,
      globex,
      chosen(globex),
    ],
    [
      'of two tenants, naming none, in a service bound to a third',
      callerIn(acme, globex),
      undefined,
      initech,
      forbidden,
    ],
  ])('for a caller %s', (_caller, caller, header, configured, expected) => {
    expect(chooseTenant(caller, header, configured)).toMatchObject(expected);
  });

  it.each([
    '',
    ' ',
    'acme',
    `${acme},`,
    `,${acme}`,
    `${acme} ${globex}`,
    `${acme};${globex}`,
    `${acme}/../${globex}`,
    '*',
  ])('cannot be named as %j', (header) => {
    expect(chooseTenant(callerIn(acme), header, null)).toMatchObject(badRequest);
    expect(chooseTenant(callerIn(), header, acme)).toMatchObject(badRequest);
  });

  it('is none where several are named, each within the bounds of the caller and of the service', () => {
    const both = `${acme}, ${globex}`;
    const chosenBoth = { ok: true, tenantId: null, tenantIds: new Set([acme, globex]) };
    expect(chooseTenant(callerIn(), both, null)).toEqual({ ...chosenBoth, isCallersWord: true });
    expect(chooseTenant(callerIn(acme, globex, initech), both, null)).toEqual({ ...chosenBoth, isCallersWord: false });
    expect(chooseTenant(callerIn(acme), both, null)).toMatchObject(forbidden);
    expect(chooseTenant(callerIn(), both, acme)).toMatchObject(forbidden);
    expect(chooseTenant(callerIn(), `${acme}, ${acme}`, null)).toMatchObject(chosen(acme));
    expect(chooseTenant(callerIn(), Array(101).fill(acme).join(','), null)).toMatchObject(badRequest);
  });

  it('is refused in the same words whichever bounds it is beyond', () => {
    const refusals = [
      chooseTenant(callerIn(acme), globex, null),
      chooseTenant(callerIn(), globex, acme),
      chooseTenant(callerIn(acme, globex), initech, null),
    ];
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  });
});
