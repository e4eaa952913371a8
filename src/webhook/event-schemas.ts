import { z } from 'zod';
import type { AccessTokenLifetimes, FusionAuthEvent, FusionAuthEventFacts } from '../domain/fusionauth-event.js';
import { type ApplicationId, parseApplicationId, parseSessionId, parseTenantId, parseUserId } from '../domain/ids.js';
import type { SessionDevice } from '../domain/session.js';
import { sessionOfAccessToken } from './session-of-access-token.js';

function id<Id>(parse: (value: unknown) => Id | undefined) {
  return z.string().transform((text, context) => {
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'must be a UUID' });
    return z.NEVER;
  });
}

const optionalId = <Id>(parse: (value: unknown) => Id | undefined) =>
  id(parse)
    .nullish()
    .transform((parsed) => parsed ?? null);

/** The last instant that a date can hold. @see https://tc39.es/ecma262/#sec-time-values-and-time-range */
const maxInstant = 8_640_000_000_000_000;

/** The members of every event. All others are dropped. */
const base = z.object({
  id: z.guid().toLowerCase(),
  createInstant: z.int().nonnegative().max(maxInstant),
  tenantId: optionalId(parseTenantId),
});

const factsOf = ({ id, createInstant, tenantId }: z.output<typeof base>): FusionAuthEventFacts => ({
  id,
  occurredAt: createInstant,
  tenantId,
});

/** The longest lifetime of an access token that the service believes, in seconds: 68 years. */
const maxLifetimeSeconds = 2 ** 31 - 1;

/**
 * Lifetimes only add to what a revocation says, so odd ones never make an event undecodable: FusionAuth has sent null
 * as the application of SSO sessions (its issue 1017), and custom serialisers send more. A key that is no application
 * is left out. A lifetime that is no number of seconds above 0 counts as not known, so the longest one is assumed; a
 * longer one is cut.
 */
const lifetimes = z
  .unknown()
  .optional()
  .transform((record): Lifetimes => {
    const byApplication = new Map<ApplicationId, number | null>();
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return { byApplication, named: false };
    const entries = Object.entries(record);
    for (const [key, seconds] of entries) {
      const applicationId = parseApplicationId(key);
      if (applicationId !== undefined) byApplication.set(applicationId, lifetimeOf(seconds));
    }
    return { byApplication, named: byApplication.size > 0 || entries.every(([key]) => key === '' || key === 'null') };
  });

interface Lifetimes {
  readonly byApplication: AccessTokenLifetimes;
  /** Whether they name the applications concerned, which are none when only SSO sessions have ended. */
  readonly named: boolean;
}

function lifetimeOf(seconds: unknown): number | null {
  if (typeof seconds !== 'number' || !(seconds > 0)) return null;
  return Math.min(Math.ceil(seconds), maxLifetimeSeconds);
}

const text = z.string().nullish().catch(null);

/** A device is only shown, so odd values count as absent. */
const deviceOfToken = z
  .unknown()
  .optional()
  .transform((metaData): SessionDevice | null => {
    const device = z.object({ name: text, description: text, type: text });
    const found = z.object({ device }).safeParse(metaData).data?.device;
    if (found === undefined) return null;
    const { name = null, description = null, type = null } = found;
    return { name, description, type };
  });

/**
 * The four forms of a revocation, distinguished by their members: a session, else a user (in one application or in all),
 * else an application.
 * @see https://fusionauth.io/docs/extend/events-and-webhooks/events/jwt-refresh-token-revoke
 */
const revoked = base
  .extend({
    userId: optionalId(parseUserId),
    applicationId: optionalId(parseApplicationId),
    applicationTimeToLiveInSeconds: lifetimes,
    user: z.object({ id: z.unknown() }).nullish().catch({ id: null }),
    refreshToken: z
      .object({
        id: id(parseSessionId),
        userId: optionalId(parseUserId),
        applicationId: optionalId(parseApplicationId),
        metaData: deviceOfToken,
      })
      .nullish(),
  })
  .transform((event, context): FusionAuthEvent => {
    const missing = (member: string) => {
      context.addIssue({ code: 'custom', path: [member], message: 'is missing' });
      return z.NEVER;
    };
    const { refreshToken } = event;
    const userId = event.userId ?? refreshToken?.userId ?? parseUserId(event.user?.id) ?? null;
    const applicationId = event.applicationId ?? refreshToken?.applicationId ?? null;
    // They name the applications whose sessions of the user were revoked. Where the application is named otherwise, a
    // lifetime that is missing is only not known, and no reason to let its access tokens be accepted.
    const { byApplication: accessTokenLifetimes, named } = event.applicationTimeToLiveInSeconds;
    if (!named && refreshToken == null && applicationId === null) {
      return missing('applicationTimeToLiveInSeconds');
    }
    const common = { ...factsOf(event), accessTokenLifetimes };
    if (refreshToken != null) {
      if (userId === null) return missing('userId');
      const { id: sessionId, metaData: device } = refreshToken;
      return { ...common, kind: 'sessionRevoked', sessionId, userId, applicationId, device };
    }
    if (userId !== null) return { ...common, kind: 'userRevoked', userId, applicationId };
    // One that is about some user must not be taken for one about all users of the application.
    if (applicationId !== null && event.user == null) return { ...common, kind: 'applicationRevoked', applicationId };
    return missing('userId');
  });

/** @see https://fusionauth.io/docs/extend/events-and-webhooks/events/jwt-refresh */
const refreshed = base
  .extend({
    userId: id(parseUserId),
    applicationId: id(parseApplicationId),
    token: z.string().transform((token, context) => {
      const found = sessionOfAccessToken(token);
      if (found === undefined) context.addIssue({ code: 'custom', message: 'must be a JWT' });
      return found ?? null;
    }),
  })
  .transform(
    ({ userId, applicationId, token: sessionId, ...event }): FusionAuthEvent => ({
      ...factsOf(event),
      kind: 'sessionRefreshed',
      userId,
      applicationId,
      sessionId,
    }),
  );

const ofUser = base.extend({ user: z.object({ id: id(parseUserId) }) });

/** Odd values count as absent, because they must not make the event of a sign-in undecodable. */
const loginInfo = z
  .unknown()
  .optional()
  .transform((info) => {
    const found = z.object({ deviceType: z.string().min(1).max(255) }).safeParse(info);
    return found.data?.deviceType ?? null;
  });

/** @see https://fusionauth.io/docs/extend/events-and-webhooks/events/user-login-success */
const signedIn = ofUser.extend({ applicationId: optionalId(parseApplicationId), info: loginInfo }).transform(
  ({ user, applicationId, info: deviceType, ...event }): FusionAuthEvent => ({
    ...factsOf(event),
    kind: 'userSignedIn',
    userId: user.id,
    applicationId,
    deviceType,
  }),
);

/** @see https://fusionauth.io/docs/extend/events-and-webhooks/events/user-registration-create-complete */
const registered = ofUser.extend({ applicationId: id(parseApplicationId) }).transform(
  ({ user, applicationId, ...event }): FusionAuthEvent => ({
    ...factsOf(event),
    kind: 'userRegistered',
    userId: user.id,
    applicationId,
  }),
);

const userChanged = (kind: 'userDeactivated' | 'userDeleted' | 'passwordChanged') =>
  ofUser.transform(({ user, ...event }): FusionAuthEvent => ({ ...factsOf(event), kind, userId: user.id }));

/** The schemas of the events that this service handles, by type. */
export const eventSchemas: ReadonlyMap<string, z.ZodType<FusionAuthEvent>> = new Map<
  string,
  z.ZodType<FusionAuthEvent>
>([
  ['jwt.refresh-token.revoke', revoked],
  ['jwt.refresh', refreshed],
  ['user.login.success', signedIn],
  ['user.registration.create', registered],
  ['user.registration.create.complete', registered],
  ['user.deactivate', userChanged('userDeactivated')],
  ['user.delete', userChanged('userDeleted')],
  ['user.password.update', userChanged('passwordChanged')],
]);
