import { expect } from 'vitest';
import type { Emulator } from '../../../src/emulator/emulator.js';
import { claimsFor, shopId, shopTokens } from '../../support/access-tokens.js';
import { startTestService, type TestService } from '../../support/service.js';
import type { TestUser } from '../../support/users.js';

/** The claims that an attacker would write: those of an administrator. */
export function administratorClaims(emulator: Emulator, changes: Readonly<Record<string, unknown>> = {}) {
  return claimsFor(emulator, 'ffffffff-0000-0000-0000-000000000006', { roles: ['admin'], ...changes });
}

export interface Target extends AsyncDisposable {
  readonly service: TestService;
  readonly emulator: Emulator;
  /** Whose sessions are at stake. */
  readonly victim: TestUser;
}

/** A service that gives administrators power over the sessions of everyone. */
export async function startTarget(env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const permissions = ['session:read', 'session:enforce', 'session:revoke', 'session:bulk', 'policy:read'];
  const service = await startTestService({
    shopId,
    env: { ...shopTokens, ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: { admin: permissions } }), ...env },
  });
  return {
    service,
    emulator: service.emulator,
    victim: service.user({ sessions: 2 }),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

const attack = `mutation ($userId: ID!) {
  revokeSessions(input: { userId: $userId, reason: OTHER }) { revokedCount }
}`;

/** Tries to end all sessions of the victim with this header, and answers what HTTP says. */
export async function attackWith({ service, victim }: Target, authorization: string) {
  const headers = { authorization };
  return service.query<{ revokeSessions: object }>(attack, { userId: victim.id }, { key: null, headers });
}

/** The service refuses the credentials as such, and asks FusionAuth for nothing but its public keys. */
export async function expectRefused(target: Target, authorization: string): Promise<void> {
  const { emulator, victim } = target;
  emulator.calls.clear();
  const { status, headers, body } = await attackWith(target, authorization);
  expect(status).toBe(401);
  expect(headers.get('www-authenticate')).toBe('Bearer realm="fusionauth-sessions", error="invalid_token"');
  expect(body).toEqual({
    errors: [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String) } }],
  });
  expectNothingSeen(emulator);
  expect(victim.liveIds()).toHaveLength(2);
}

/** The control of the experiment: what is refused above is refused for what is wrong with it. */
export async function expectAccepted(target: Target, token: string): Promise<void> {
  const { status, body } = await target.service.query<{ viewer: object }>(
    '{ viewer { permissions } }',
    {},
    { key: token },
  );
  expect(status).toBe(200);
  expect(body.data?.viewer).toMatchObject({ permissions: expect.arrayContaining(['session:bulk']) });
}

export function expectNothingSeen({ calls }: Emulator): void {
  expect(calls.all().filter(({ path }) => path !== '/.well-known/jwks.json')).toEqual([]);
}

/** How often FusionAuth was asked for its keys. */
export function jwksFetchCount({ calls }: Emulator): number {
  return calls.count({ method: 'GET', path: '/.well-known/jwks.json' });
}

/** A part of a token: JSON in base64url. */
export function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
