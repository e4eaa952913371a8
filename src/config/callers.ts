import type { z } from 'zod';
import type { AccessTokenOptions } from '../auth/access-tokens.js';
import { hashServiceKey, type ServiceKey } from '../auth/service-keys.js';
import { permissions } from '../domain/caller.js';
import { demoAccessTokens } from './console.js';
import { hasDemoConsole } from './demo.js';
import type { environment } from './environment.js';

type Values = z.output<typeof environment>;

/** Null when access tokens are not accepted. */
export function accessTokensOf(values: Values): AccessTokenOptions | null {
  const { ACCESS_TOKEN_ISSUERS: issuers, ACCESS_TOKEN_AUDIENCES: audiences } = values;
  if (issuers === undefined || audiences === undefined) {
    const clockToleranceSeconds = values.ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS;
    return hasDemoConsole(values) ? { ...demoAccessTokens, clockToleranceSeconds } : null;
  }
  const ownTenant = values.FUSIONAUTH_TENANT_ID;
  return {
    issuers,
    audiences,
    algorithms: values.ACCESS_TOKEN_ALGORITHMS ?? ['RS256'],
    tenantIds: values.ACCESS_TOKEN_TENANT_IDS ?? (ownTenant === undefined ? null : new Set([ownTenant])),
    clockToleranceSeconds: values.ACCESS_TOKEN_CLOCK_TOLERANCE_SECONDS,
    permissionsByRole: values.ACCESS_TOKEN_PERMISSIONS?.roles ?? new Map(),
    permissionsByScope: values.ACCESS_TOKEN_PERMISSIONS?.scopes ?? new Map(),
  };
}

export function toServiceKey(key: NonNullable<Values['SERVICE_KEYS']>[number]): ServiceKey {
  const { tenantIds = null, applicationIds = null, expiresAt = null, ...rest } = key;
  return { ...rest, tenantIds, applicationIds, expiresAt };
}

/** The service key of a demo. */
export function withEveryPermission(key: string): ServiceKey {
  return {
    name: 'demo',
    sha256: hashServiceKey(key),
    permissions: new Set(permissions),
    tenantIds: null,
    applicationIds: null,
    expiresAt: null,
  };
}
