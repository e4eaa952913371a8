import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Access, createAccess } from '../../src/application/authorization/access.js';
import { type Caller, type Permission, permissions } from '../../src/domain/caller.js';
import { ForbiddenError } from '../../src/domain/errors.js';
import {
  type ApplicationId,
  parseApplicationId,
  parseSessionId,
  parseUserId,
  type UserId,
} from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { FusionAuth } from '../../src/fusionauth/fusionauth.js';
import { connect } from '../support/fusionauth-connection.js';

let emulator: Emulator;
let fusionAuth: FusionAuth;

beforeAll(async () => {
  emulator = await startEmulator();
  fusionAuth = connect(emulator);
});

afterAll(async () => {
  await fusionAuth[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

function parsed<Id>(id: Id | undefined): Id {
  if (id === undefined) throw new Error('No id');
  return id;
}

interface Person {
  readonly id: UserId;
  readonly shopSession: ReturnType<typeof parseSessionId>;
  readonly ssoSession: ReturnType<typeof parseSessionId>;
}

let shopId: ApplicationId;
let alice: Person;
let bob: Person;

beforeEach(() => {
  const { store } = emulator;
  shopId = parsed(parseApplicationId(store.addApplication({ name: 'Shop' }).id));
  const addPerson = (): Person => {
    const user = store.addUser({ applicationIds: [shopId] });
    return {
      id: parsed(parseUserId(user.id)),
      shopSession: parseSessionId(store.addSession({ userId: user.id, applicationId: shopId }).id),
      ssoSession: parseSessionId(store.addSession({ userId: user.id }).id),
    };
  };
  alice = addPerson();
  bob = addPerson();
});

const rights = (granted: readonly Permission[], applicationIds: readonly ApplicationId[] | null = null) => ({
  name: 'the caller',
  expiresAt: null,
  permissions: new Set(granted),
  tenantIds: null,
  applicationIds: applicationIds === null ? null : new Set(applicationIds),
});

const service = (...args: Parameters<typeof rights>): Caller => ({ kind: 'service', ...rights(...args) });
const user = ({ id }: Person, granted: readonly Permission[] = []): Caller => ({
  kind: 'user',
  ...rights(granted),
  userId: id,
  sessionId: null,
  token: { sessionId: null, userId: id, applicationIds: [], issuedAtSeconds: 0 },
  authenticatedAt: null,
});

const accessOf = (caller: Caller): Access => createAccess(caller, fusionAuth.tenant(null));

async function listedOf(access: Access, permission: Permission, { id }: Person): Promise<number> {
  return (await access.sessions(permission).listSessions(id)).sessions.length;
}

describe.each(permissions)('a service', (permission) => {
  it(`reaches anyone with ${permission}, and nobody without it`, async () => {
    expect(await listedOf(accessOf(service([permission])), permission, alice)).toBe(2);
    const without = accessOf(service(permissions.filter((other) => other !== permission)));
    expect(() => without.sessions(permission)).toThrow(ForbiddenError);
    expect(() => without.directory(permission)).toThrow(ForbiddenError);
  });
});

describe('a user without permissions', () => {
  it.each(['session:read', 'session:revoke', 'session:bulk'] as const)(
    'reaches themselves for %s',
    async (permission) => {
      const access = accessOf(user(alice));
      expect(await listedOf(access, permission, alice)).toBe(2);
      expect(await listedOf(access, permission, bob)).toBe(0);
      const sessions = access.sessions(permission);
      expect(await sessions.findSession(parsed(alice.ssoSession))).toMatchObject({ userId: alice.id });
      expect(await sessions.findSession(parsed(bob.ssoSession))).toBeNull();
      expect([...(await access.directory(permission).findUsers([bob.id, alice.id])).keys()]).toEqual([alice.id]);
    },
  );

  it.each(['session:enforce', 'policy:read'] as const)('reaches nobody for %s', (permission) => {
    expect(() => accessOf(user(alice)).sessions(permission)).toThrow(ForbiddenError);
    expect(() => accessOf(user(alice)).directory(permission)).toThrow(ForbiddenError);
  });

  it('causes no call for the sessions or the record of somebody else', async () => {
    const access = accessOf(user(alice));
    emulator.calls.clear();
    await listedOf(access, 'session:read', bob);
    await access.directory('session:read').findUsers([bob.id]);
    expect(emulator.calls.count()).toBe(0);
  });
});

describe('a user who may see the sessions of anyone', () => {
  it('is refused where they may not end them, instead of being told that they have ended', async () => {
    const access = accessOf(user(alice, ['session:read']));
    expect(await listedOf(access, 'session:read', bob)).toBe(2);
    const sessions = access.sessions('session:revoke');
    await expect(sessions.findSession(parsed(bob.shopSession))).rejects.toThrow(ForbiddenError);
    await expect(sessions.listSessions(bob.id)).rejects.toThrow(ForbiddenError);
    expect(await sessions.findSession(parsed(alice.shopSession))).toMatchObject({ userId: alice.id });
  });
});

describe('a service that is bound to an application', () => {
  it('reaches sessions of that application only, and no SSO session', async () => {
    const access = accessOf(service(['session:revoke'], [shopId]));
    expect(await listedOf(access, 'session:revoke', alice)).toBe(1);
    const sessions = access.sessions('session:revoke');
    expect(await sessions.findSession(parsed(alice.shopSession))).not.toBeNull();
    expect(await sessions.findSession(parsed(alice.ssoSession))).toBeNull();
  });

  it('reaches nothing when it is bound to none', async () => {
    expect(await listedOf(accessOf(service(['session:read'], [])), 'session:read', alice)).toBe(0);
  });
});
