import type { RefreshToken } from '@fusionauth/typescript-client';
import type { ExpiryOf } from './settings.js';

/** A session with the fields that the list asks for. Instants are of the type that the server answers best. */
export function toSession<Time>(token: RefreshToken, expiryOf: ExpiryOf, toTime: (instant: number) => Time) {
  const { device, scopes } = token.metaData ?? {};
  const expiresAt = expiryOf(token);
  return {
    id: token.id,
    userId: token.userId,
    applicationId: token.applicationId ?? null,
    kind: token.applicationId === undefined ? 'SSO' : 'APPLICATION',
    state: expiresAt !== null && expiresAt < Date.now() ? 'EXPIRED' : 'ACTIVE',
    createdAt: toTime(token.insertInstant ?? 0),
    lastAccessedAt: device?.lastAccessedInstant === undefined ? null : toTime(device.lastAccessedInstant),
    expiresAt: expiresAt === null ? null : toTime(expiresAt),
    isCurrent: null,
    device: {
      name: device?.name ?? null,
      description: device?.description ?? null,
      type: device?.type ?? null,
    },
    ipAddress: device?.lastAccessedAddress ?? null,
    scopes: scopes ?? [],
  };
}

export type SessionJson = ReturnType<typeof toSession<Date>>;
