import type { TenantId } from '../domain/ids.js';
import { type JwtSettings, jwtSettingsOf } from '../fusionauth/lifetimes.js';
import type { FusionAuthSetUp } from '../fusionauth/set-up.js';
import type { ApplicationSetUp } from '../fusionauth/set-up-records.js';
import type { ExaminedService } from './examined-service.js';
import { duration, type Found, nameOf, notChecked, ok, problem, warning } from './found.js';

/** FusionAuth's own admin pages, which every installation has under this id. */
const adminApplicationId = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';

/** Longer ones are worth a warning, because where no guard is used they work for so long after a revocation. */
const longAccessTokenSeconds = 3_600;

/** The applications whose sessions the service manages. */
export function ownApplications(
  applications: readonly ApplicationSetUp[],
  { config: { fusionAuth } }: Pick<ExaminedService, 'config'>,
): readonly ApplicationSetUp[] {
  const isHere = (tenantId: TenantId | null) =>
    fusionAuth.tenantId === null || tenantId === null || tenantId === fusionAuth.tenantId;
  return applications.filter(({ id, tenantId }) => id !== adminApplicationId && isHere(tenantId));
}

/** Whether each application has sessions at all, and how long they live. */
export function refreshTokenFindings(
  { applications, tenants }: FusionAuthSetUp,
  service: ExaminedService,
): readonly Found[] {
  if (!applications.isRead) {
    return [notChecked(`Which applications have sessions is not known, because ${applications.why}.`)];
  }
  const own = ownApplications(applications.value, service);
  if (own.length === 0) return [warning('FusionAuth has no application, so nobody can have a session in one.')];
  const isSilent = own.every((one) => !one.loginMakesRefreshTokens && !one.oauthMakesRefreshTokens);
  const settings = {
    applications: new Map(own.map((one) => [one.id, one])),
    tenants: new Map(tenants.isRead ? tenants.value.map((one) => [one.id, { ...one, ssoLifetimeSeconds: null }]) : []),
  };
  return own.map((application) => {
    const jwt = jwtSettingsOf(application, settings, service.config.fusionAuth.tenantId);
    return ofApplication(application, jwt, isSilent);
  });
}

function ofApplication(application: ApplicationSetUp, jwt: JwtSettings | null, isSilent: boolean): Found {
  const { tenantId, loginMakesRefreshTokens, oauthMakesRefreshTokens } = application;
  const name = nameOf(application);
  const ways = [...(loginMakesRefreshTokens ? ['Login API'] : []), ...(oauthMakesRefreshTokens ? ['OAuth'] : [])];
  if (ways.length === 0) {
    const message = `${name} makes no refresh tokens, so its users have no sessions that could be listed, limited or ended. Switch on "Generate refresh tokens" under Applications > ${name} > OAuth, with the grant Refresh Token, or under Security for the Login API.`;
    return isSilent ? problem(message, tenantId) : warning(message, tenantId);
  }
  const begins = `${name}: sessions begin by ${ways.join(' and ')}`;
  if (jwt === null || jwt.refreshTokenLifetimeMinutes === null) {
    return notChecked(`${begins}; how long they live is not known.`, tenantId);
  }
  const ends = `end ${duration(jwt.refreshTokenLifetimeMinutes * 60)} after ${jwt.slides ? 'their last use' : 'they began'}`;
  const seconds = jwt.accessTokenLifetimeSeconds;
  if (seconds !== null && seconds > jwt.refreshTokenLifetimeMinutes * 60) {
    const message = `${begins} and ${ends}, before their access tokens, which live ${duration(seconds)}: nobody needs the session, and ending it ends little. Set a shorter "JWT duration" under Applications > ${name} > JWT.`;
    return warning(message, tenantId);
  }
  return ok(`${begins}, and ${ends}.`, tenantId);
}

/** Whether access tokens live longer than revocations are remembered. */
export function accessTokenFindings(
  { applications, tenants }: FusionAuthSetUp,
  service: ExaminedService,
): readonly Found[] {
  if (!applications.isRead) {
    return [notChecked(`How long access tokens live is not known, because ${applications.why}.`)];
  }
  const { events, fusionAuth } = service.config;
  const maxSeconds = events.maxAccessTokenLifetimeMs / 1_000;
  const ofTenants = (tenants.isRead ? tenants.value : []).map((tenant) => ({
    what: `tenant ${nameOf(tenant)}`,
    tenantId: tenant.id,
    seconds: tenant.jwt.accessTokenLifetimeSeconds,
  }));
  const ofApplications = ownApplications(applications.value, service).map((one) => ({
    what: nameOf(one),
    tenantId: one.tenantId ?? fusionAuth.tenantId,
    seconds: one.jwt?.accessTokenLifetimeSeconds ?? null,
  }));
  const all = [...ofTenants, ...ofApplications].flatMap((one) =>
    one.seconds === null ? [] : [{ ...one, seconds: one.seconds }],
  );
  const found = all.flatMap(({ what, tenantId, seconds }) => {
    const lives = `Access tokens of ${what} live ${duration(seconds)}`;
    if (seconds > maxSeconds) {
      const message = `${lives}, and revocations of which FusionAuth does not name the lifetime are remembered for ${duration(maxSeconds)}: a guard accepts revoked tokens after that. Set MAX_ACCESS_TOKEN_LIFETIME_SECONDS to ${seconds} or more, or a shorter "JWT duration" in FusionAuth.`;
      return [problem(message, tenantId)];
    }
    if (seconds <= longAccessTokenSeconds) return [];
    const message = `${lives}, and work so long after their session was ended where no guard is used. Set a shorter "JWT duration" under JWT in FusionAuth.`;
    return [warning(message, tenantId)];
  });
  if (found.length > 0) return found;
  const longest = Math.max(0, ...all.map(({ seconds }) => seconds));
  return [
    ok(`Access tokens live ${duration(longest)} at most; revocations are remembered for ${duration(maxSeconds)}.`),
  ];
}
