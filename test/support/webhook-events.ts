import { randomUUID } from 'node:crypto';
import { UnsecuredJWT } from 'jose';

export interface EventJson {
  readonly type: string;
  readonly id: string;
  readonly [member: string]: unknown;
}

export const ids = {
  tenant: '10000000-0000-4000-8000-000000000001',
  user: '20000000-0000-4000-8000-000000000001',
  shop: '30000000-0000-4000-8000-000000000001',
  desk: '30000000-0000-4000-8000-000000000002',
  session: '40000000-0000-4000-8000-000000000001',
};

/** An event as FusionAuth writes it, of a new id. */
export function eventJson(type: string, members: Readonly<Record<string, unknown>> = {}): EventJson {
  return { type, id: randomUUID(), createInstant: Date.now(), tenantId: ids.tenant, info: {}, ...members };
}

/** A sign-in: the smallest event that is listened to. */
export const signInJson = (members: Readonly<Record<string, unknown>> = {}) =>
  eventJson('user.login.success', { user: { id: ids.user }, ...members });

/** One example of each event, and of each form of a revocation, with all the members that it needs. */
export const examples = {
  'session revoked': () =>
    eventJson('jwt.refresh-token.revoke', {
      userId: ids.user,
      applicationId: ids.shop,
      applicationTimeToLiveInSeconds: { [ids.shop]: 300 },
      refreshToken: { id: ids.session, token: 'secret-refresh-token' },
    }),
  'user revoked': () =>
    eventJson('jwt.refresh-token.revoke', {
      userId: ids.user,
      applicationTimeToLiveInSeconds: { [ids.shop]: 300, [ids.desk]: 3_600 },
    }),
  'user revoked in an application': () =>
    eventJson('jwt.refresh-token.revoke', {
      userId: ids.user,
      applicationId: ids.shop,
      applicationTimeToLiveInSeconds: { [ids.shop]: 300 },
    }),
  'application revoked': () =>
    eventJson('jwt.refresh-token.revoke', {
      applicationId: ids.shop,
      applicationTimeToLiveInSeconds: { [ids.shop]: 300 },
    }),
  refresh: () =>
    eventJson('jwt.refresh', {
      userId: ids.user,
      applicationId: ids.shop,
      token: new UnsecuredJWT({ sid: ids.session }).encode(),
      refreshToken: 'secret-refresh-token',
    }),
  'sign-in': () => signInJson({ applicationId: ids.shop }),
  deactivation: () => eventJson('user.deactivate', { user: { id: ids.user } }),
  deletion: () => eventJson('user.delete', { user: { id: ids.user } }),
  'new password': () => eventJson('user.password.update', { user: { id: ids.user } }),
};
