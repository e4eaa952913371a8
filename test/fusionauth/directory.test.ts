import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseUserId, type UserId } from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { FusionAuth } from '../../src/fusionauth/fusionauth.js';
import { connect } from '../support/fusionauth-connection.js';

let emulator: Emulator;
let fusionAuth: FusionAuth;

beforeEach(async () => {
  emulator = await startEmulator();
  fusionAuth = connect(emulator);
});

afterEach(async () => {
  await fusionAuth[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

function addUser(members: Parameters<Emulator['store']['addUser']>[0] = {}): UserId {
  return parseUserId(emulator.store.addUser(members).id) as UserId;
}

describe('finding users', () => {
  it('asks once for all of them and answers those that exist', async () => {
    const known = [addUser({ email: 'alice@example.com', fullName: 'Alice Archer' }), addUser()];
    const unknown = 'b0000000-0000-4000-8000-00000000ffff' as UserId;
    const users = await fusionAuth.directory.findUsers([...known, unknown]);
    expect([...users.keys()].sort()).toEqual([...known].sort());
    expect(users.get(known[0] as UserId)).toEqual({
      id: known[0],
      email: 'alice@example.com',
      username: null,
      phoneNumber: null,
      displayName: 'Alice Archer',
      active: true,
      lastLoginAt: null,
      tenantId: emulator.tenantId,
      verified: true,
    });
    expect(emulator.calls.all()).toMatchObject([{ method: 'POST', path: '/api/user/search', query: {} }]);
  });

  it('asks nothing for no ids, which FusionAuth would refuse', async () => {
    expect((await fusionAuth.directory.findUsers([])).size).toBe(0);
    expect(emulator.calls.count()).toBe(0);
  });

  it('finds those whose ids an answer has in capitals', async () => {
    const id = addUser();
    const map = (body: unknown) => JSON.parse(JSON.stringify(body).replaceAll(id, id.toUpperCase())) as unknown;
    emulator.faults.add({ path: '/api/user/search', fault: { kind: 'mapBody', map } });
    expect((await fusionAuth.directory.findUsers([id])).get(id)?.id).toBe(id);
  });

  it.each([
    { total: 0 },
    { total: 0, expandable: ['memberships', 'registrations'] },
    { total: 0, expandable: ['memberships', 'registrations'], nextResults: 'eyJsdiI6W119' },
  ])('finds nobody in %j, which leaves an empty list out', async (answer) => {
    emulator.faults.add({ path: '/api/user/search', fault: { kind: 'mapBody', map: () => answer } });
    expect((await fusionAuth.directory.findUsers([addUser()])).size).toBe(0);
  });

  it('fails when one of them cannot be decoded', async () => {
    const id = addUser();
    const map = () => ({ users: [{ email: 'alice@example.com' }] });
    emulator.faults.add({ path: '/api/user/search', fault: { kind: 'mapBody', map } });
    await expect(fusionAuth.directory.findUsers([id])).rejects.toMatchObject({ code: 'UPSTREAM_CONTRACT' });
  });
});
