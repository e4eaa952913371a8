import type { Registration, SignIn, Tenant, User } from '../domain/directory.js';
import {
  type ApplicationId,
  parseApplicationId,
  parseGroupId,
  parseSessionId,
  parseTenantId,
  parseUserId,
  type TenantId,
} from '../domain/ids.js';
import type { Subject } from '../domain/policy/subject.js';
import type { Instant, Session } from '../domain/session.js';
import {
  asObject,
  type JsonObject,
  optionalArray,
  optionalBoolean,
  optionalInstant,
  optionalLifetime,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredId,
  requiredInstant,
} from './json.js';
import type { ApplicationSettings, JwtSettings, TenantSettings, TokenFacts } from './lifetimes.js';

/**
 * Reads one refresh token. Its `token` member is the credential itself and is never touched.
 * @param expiryOf Computes the expiry from the facts of the record.
 * @throws UpstreamContractError when a member that decisions rest on is missing or malformed.
 */
export function decodeSession(value: unknown, expiryOf: (token: TokenFacts) => Instant | null): Session {
  const record = asObject(value, 'A refresh token');
  const metaData = optionalObject(record['metaData']);
  const device = optionalObject(metaData['device']);
  const createdAt = requiredInstant(record['insertInstant'], 'insertInstant of a refresh token');
  const applicationId = optionalId(record['applicationId'], parseApplicationId, 'applicationId of a refresh token');

  const id = requiredId(record['id'], parseSessionId, 'id of a refresh token');
  const userId = requiredId(record['userId'], parseUserId, 'userId of a refresh token');
  const lastAccessedAt = optionalInstant(device['lastAccessedInstant']);
  const tenantId = parseTenantId(record['tenantId']) ?? null;
  const startedAt = optionalInstant(record['startInstant']);
  const expiresAt = expiryOf({ applicationId, tenantId, createdAt, startedAt });
  const shownDevice = {
    name: optionalText(device['name']),
    description: optionalText(device['description']),
    type: optionalText(device['type']),
  };
  const ipAddress = optionalText(device['lastAccessedAddress']);
  const scopes = optionalTexts(metaData['scopes']);
  // Written out twice because V8 spreads an object many times slower, which makes lists slower.
  return applicationId === null
    ? {
        kind: 'sso',
        applicationId,
        id,
        userId,
        tenantId,
        createdAt,
        lastAccessedAt,
        expiresAt,
        device: shownDevice,
        ipAddress,
        scopes,
      }
    : {
        kind: 'application',
        applicationId,
        id,
        userId,
        tenantId,
        createdAt,
        lastAccessedAt,
        expiresAt,
        device: shownDevice,
        ipAddress,
        scopes,
      };
}

export function decodeUser(value: unknown): User {
  const record = asObject(value, 'A user');
  return {
    id: requiredId(record['id'], parseUserId, 'id of a user'),
    email: optionalText(record['email']),
    username: optionalText(record['username']),
    phoneNumber: optionalText(record['phoneNumber']),
    displayName: optionalText(record['fullName']) ?? fullName(record),
    // FusionAuth states it for every user. A missing member does not prove that the user is deactivated and all
    // sessions have ended.
    active: record['active'] !== false,
    verified: optionalBoolean(record['verified']),
    lastLoginAt: optionalInstant(record['lastLoginInstant']),
    tenantId: parseTenantId(record['tenantId']) ?? null,
  };
}

/** The registrations of a user. They are only shown, so an undecodable one is left out. */
export function decodeRegistrations(value: unknown): readonly Registration[] {
  const registrations = asObject(value, 'A user')['registrations'];
  if (!Array.isArray(registrations)) return [];
  return registrations.flatMap((item: unknown) => {
    const record = optionalObject(item);
    const applicationId = parseApplicationId(record['applicationId']);
    if (applicationId === undefined) return [];
    return [
      {
        applicationId,
        roles: optionalTexts(record['roles']),
        registeredAt: optionalInstant(record['insertInstant']),
        lastLoginAt: optionalInstant(record['lastLoginInstant']),
      },
    ];
  });
}

/** Login records. They are only shown, so one that does not say when is left out. */
export function decodeSignIns(records: readonly unknown[]): readonly SignIn[] {
  return records.flatMap((item) => {
    const record = optionalObject(item);
    const signedInAt = optionalInstant(record['instant']);
    if (signedInAt === null) return [];
    const applicationId = parseApplicationId(record['applicationId']) ?? null;
    return [{ signedInAt, applicationId, ipAddress: optionalText(record['ipAddress']) }];
  });
}

/** @throws UpstreamContractError when a member is malformed, because a rule must not overlook a user for that. */
export function decodeSubject(value: unknown): Subject {
  const record = asObject(value, 'A user');
  const registrations = optionalArray(record['registrations'], 'registrations of a user');
  const memberships = optionalArray(record['memberships'], 'memberships of a user');
  return {
    id: requiredId(record['id'], parseUserId, 'id of a user'),
    tenantId: parseTenantId(record['tenantId']) ?? null,
    registrations: registrations.map((one) => {
      const registration = asObject(one, 'A registration');
      return {
        applicationId: requiredId(registration['applicationId'], parseApplicationId, 'applicationId of a registration'),
        roles: optionalArray(registration['roles'], 'roles of a registration').map((role) => `${role}`),
      };
    }),
    groupIds: memberships.map((one) =>
      requiredId(asObject(one, 'A membership')['groupId'], parseGroupId, 'groupId of a membership'),
    ),
    data: optionalObject(record['data']),
  };
}

export function decodeApplication(value: unknown): ApplicationSettings {
  const record = asObject(value, 'An application');
  const jwt = optionalObject(record['jwtConfiguration']);
  return {
    id: requiredId(record['id'], parseApplicationId, 'id of an application'),
    name: optionalText(record['name']),
    tenantId: parseTenantId(record['tenantId']) ?? null,
    jwt: jwt['enabled'] === true ? decodeJwtSettings(jwt) : null,
    sessionPolicy: optionalObject(record['data'])['sessionPolicy'] ?? undefined,
  };
}

export function decodeTenant(value: unknown): TenantSettings & Tenant {
  const record = asObject(value, 'A tenant');
  return {
    id: requiredId<TenantId>(record['id'], parseTenantId, 'id of a tenant'),
    name: optionalText(record['name']),
    jwt: decodeJwtSettings(optionalObject(record['jwtConfiguration'])),
    ssoLifetimeSeconds: optionalLifetime(record['httpSessionMaxInactiveInterval'], maxLifetimeSeconds),
    sessionPolicy: optionalObject(record['data'])['sessionPolicy'] ?? undefined,
  };
}

/**
 * The longest lifetime that the service believes, 68 years: the largest Int of GraphQL, in seconds. Longer ones are
 * cut.
 */
const maxLifetimeSeconds = 2 ** 31 - 1;
const maxLifetimeMinutes = Math.floor(maxLifetimeSeconds / 60);

function decodeJwtSettings(record: JsonObject): JwtSettings {
  const policy = record['refreshTokenExpirationPolicy'];
  const maximum = optionalObject(record['refreshTokenSlidingWindowConfiguration'])['maximumTimeToLiveInMinutes'];
  return {
    accessTokenLifetimeSeconds: optionalLifetime(record['timeToLiveInSeconds'], maxLifetimeSeconds),
    refreshTokenLifetimeMinutes: optionalLifetime(record['refreshTokenTimeToLiveInMinutes'], maxLifetimeMinutes),
    slides: policy === 'SlidingWindow' || policy === 'SlidingWindowWithMaximumLifetime',
    maximumLifetimeMinutes:
      policy === 'SlidingWindowWithMaximumLifetime' ? optionalLifetime(maximum, maxLifetimeMinutes) : null,
  };
}

/**
 * An id that SSO sessions lack. A malformed one is an error, because an application session must not pass for an SSO
 * session.
 */
function optionalId(
  value: unknown,
  parse: (value: unknown) => ApplicationId | undefined,
  what: string,
): ApplicationId | null {
  return value === undefined || value === null ? null : requiredId(value, parse, what);
}

function fullName(record: JsonObject): string | null {
  const parts = [optionalText(record['firstName']), optionalText(record['lastName'])].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
}
