import type { FusionAuthSetUp } from '../fusionauth/set-up.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, listOf, nameOf, notChecked, ok, problem, shown, warning } from './found.js';

/** A key that expires within this time is worth a warning, in milliseconds. */
const soonMs = 14 * 86_400_000;

/** Service keys that are of no use any more, or name what FusionAuth does not have. */
export function serviceKeyFindings(
  setUp: FusionAuthSetUp | null,
  { secrets, clock }: ExaminedService,
): readonly Found[] {
  const { serviceKeys } = secrets;
  const tenants = setUp?.tenants;
  const applications = setUp?.applications;
  const knownTenants = tenants?.isRead ? new Set(tenants.value.map(({ id }) => id)) : null;
  const knownApplications = applications?.isRead ? new Set(applications.value.map(({ id }) => id)) : null;
  const found = serviceKeys.flatMap(({ name, expiresAt, tenantIds, applicationIds }) => {
    const key = `The service key ${shown(name)}`;
    const faults: Found[] = [];
    const leftMs = expiresAt === null ? Number.POSITIVE_INFINITY : expiresAt - clock.now();
    if (leftMs <= 0) faults.push(warning(`${key} has expired. Take it out of SERVICE_KEYS, or put a new one in.`));
    else if (leftMs < soonMs) {
      const days = Math.ceil(leftMs / 86_400_000);
      const time = days === 1 ? 'a day' : `${days} days`;
      faults.push(warning(`${key} expires within ${time}. Put a new one into SERVICE_KEYS beside it.`));
    }
    const strangers = [
      ...[...(tenantIds ?? [])].filter((id) => knownTenants?.has(id) === false),
      ...[...(applicationIds ?? [])].filter((id) => knownApplications?.has(id) === false),
    ];
    if (strangers.length > 0) {
      const message = `${key} is bound to tenants or applications that FusionAuth does not have, or that another tenant has: ${listOf(strangers)}. Mend its entry in SERVICE_KEYS.`;
      faults.push(warning(message));
    }
    return faults;
  });
  if (serviceKeys.length === 0 || found.length > 0) return found;
  return [ok('No service key expires within 14 days, and the tenants and applications to which keys are bound exist.')];
}

/** The application by which people sign in to the console. */
export function consoleFindings(
  { applications }: FusionAuthSetUp,
  { config, secrets }: ExaminedService,
): readonly Found[] {
  if (config.console === null || secrets.console === null) return [];
  const { clientId, url } = config.console;
  if (!applications.isRead) return [notChecked(`The console was not looked at, because ${applications.why}.`)];
  const application = applications.value.find(({ id }) => id === clientId);
  if (application === undefined) {
    const message = `FusionAuth has no application ${clientId}, the CONSOLE_CLIENT_ID: nobody can sign in to the console. Make one by fusionauth-sessions console-setup.`;
    return [problem(message)];
  }
  const { tenantId, clientSecret, redirectUrls, oauthMakesRefreshTokens } = application;
  const name = nameOf(application);
  const where = `under Applications > ${name} > OAuth`;
  const found: Found[] = [];
  if (clientSecret !== null && clientSecret !== secrets.console.clientSecret) {
    const message = `CONSOLE_CLIENT_SECRET is not the client secret of ${name}: nobody can sign in to the console. Copy the one shown ${where}.`;
    found.push(problem(message, tenantId));
  }
  const callback = url === null ? null : `${url}/callback`;
  if (callback !== null && !redirectUrls.includes(callback)) {
    const message = `${name} does not allow the redirect URL ${callback}: nobody can sign in to the console. Add it to "Authorized redirect URLs" ${where}.`;
    found.push(problem(message, tenantId));
  }
  if (!oauthMakesRefreshTokens) {
    const message = `${name} makes no refresh tokens: people have to sign in to the console again whenever their access token expires. Switch on "Generate refresh tokens" and the grant Refresh Token ${where}.`;
    found.push(warning(message, tenantId));
  }
  return found.length > 0 ? found : [ok(`People sign in to the console by ${name}.`, tenantId)];
}
