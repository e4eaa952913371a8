import { AccessTokenAuthenticator } from '../auth/access-tokens.js';
import type { FusionAuthSetUp, Read } from '../fusionauth/set-up.js';
import { boundedFetch } from '../tokens/bounded-fetch.js';
import { keySetUrlOf } from '../tokens/key-set.js';
import { asymmetricAlgorithms, byEachName } from '../tokens/signature-algorithms.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, listOf, nameOf, notChecked, ok, problem, shown, warning } from './found.js';

/** The keys by which FusionAuth signs access tokens and webhooks, as it publishes them. */
export async function keySetFindings(service: ExaminedService, signal: AbortSignal): Promise<readonly Found[]> {
  const { config, fusionAuthUrl } = service;
  const url = keySetUrlOf(fusionAuthUrl);
  const isNeeded = config.accessTokens !== null || config.webhook?.signature === 'jwks';
  const fault = isNeeded ? problem : warning;
  let keys: readonly unknown[];
  try {
    const response = await boundedFetch(url.href, { redirect: 'manual', signal });
    if (response.status !== 200) return [fault(`${url.href} answers ${response.status}, and must answer the keys.`)];
    const { keys: listed } = (await response.json()) as { readonly keys?: unknown };
    keys = Array.isArray(listed) ? listed : [];
  } catch {
    return [fault(`The keys of FusionAuth cannot be had from ${url.href}: let the service reach this path, too.`)];
  }
  const algorithms = [...new Set(keys.map((key) => (key as { readonly alg?: unknown } | null)?.alg))].map(String);
  const usable = algorithms.filter((algorithm) => asymmetricAlgorithms.includes(algorithm));
  if (usable.length === 0) {
    const message = `FusionAuth publishes no key pair at ${url.href}, so nobody can verify what it signs: HMAC keys are never published. Make an RSA or EC key under Settings > Key Master, and choose it under JWT of tenants or applications and in the webhook.`;
    return [fault(message)];
  }
  const accepted = config.accessTokens?.algorithms ?? usable;
  if (!byEachName(usable).some((algorithm) => accepted.includes(algorithm))) {
    const message = `FusionAuth publishes keys for ${listOf(usable)}, and ACCESS_TOKEN_ALGORITHMS accepts ${listOf(accepted)}: each access token is refused. Accept those of FusionAuth.`;
    return [problem(message)];
  }
  return [ok(`FusionAuth publishes its keys at ${url.href}: ${keys.length}, for ${listOf(usable)}.`)];
}

/** Whether FusionAuth writes into access tokens what the service expects of them. */
export async function accessTokenSetUpFindings(
  setUp: FusionAuthSetUp,
  service: ExaminedService,
  readKeyAlgorithm: (keyId: string) => Promise<Read<string>>,
): Promise<readonly Found[]> {
  const { accessTokens } = service.config;
  if (accessTokens === null) return [ok('Access tokens are not accepted: only service keys are.')];
  const { applications } = setUp;
  if (!applications.isRead) {
    return [...issuers(setUp, service), notChecked(`Audiences were not looked at, because ${applications.why}.`)];
  }
  const byId = new Map<string, (typeof applications.value)[number]>(applications.value.map((one) => [one.id, one]));
  const named = accessTokens.audiences.flatMap((audience) => byId.get(audience.toLowerCase()) ?? []);
  const strange = accessTokens.audiences.filter((audience) => !byId.has(audience.toLowerCase()));
  const found: Found[] = [...issuers(setUp, service)];
  for (const audience of strange) {
    const message = `ACCESS_TOKEN_AUDIENCES names ${shown(audience)}, and FusionAuth has no application with this id: no user has a token for it. Write the client id, as Applications shows it.`;
    found.push(warning(message));
  }
  if (named.length > 0) found.push(ok(`Access tokens are accepted for ${listOf(named.map(nameOf))}.`));
  for (const application of named) {
    const tenant = setUp.tenants.isRead ? setUp.tenants.value.find(({ id }) => id === application.tenantId) : undefined;
    const keyId = application.jwt === null ? tenant?.accessTokenKeyId : application.accessTokenKeyId;
    if (keyId == null) continue;
    const algorithm = await readKeyAlgorithm(keyId);
    const name = nameOf(application);
    if (!algorithm.isRead) {
      const message = `The key that signs access tokens of ${name} was not looked at, because ${algorithm.why}. Try a token by fusionauth-sessions doctor --token-file.`;
      found.push(notChecked(message, application.tenantId));
    } else if (!byEachName(accessTokens.algorithms).includes(algorithm.value)) {
      const message = `Access tokens of ${name} are signed by ${algorithm.value}, and the service accepts ${listOf(accessTokens.algorithms)}: each is refused. Choose an RSA or EC key as "Access token signing key" under Applications > ${name} > JWT.`;
      found.push(problem(message, application.tenantId));
    }
  }
  return [...found, ...roles(named, service)];
}

function issuers({ tenants }: FusionAuthSetUp, { config: { accessTokens } }: ExaminedService): readonly Found[] {
  if (accessTokens === null) return [];
  if (!tenants.isRead) return [notChecked(`Issuers were not looked at, because ${tenants.why}.`)];
  const found = tenants.value.flatMap(({ issuer }) => issuer ?? []);
  const strange = accessTokens.issuers.filter((issuer) => !found.includes(issuer));
  if (strange.length === 0) return [ok(`Tenants of FusionAuth have each issuer of ACCESS_TOKEN_ISSUERS.`)];
  return strange.map((issuer) =>
    problem(
      `ACCESS_TOKEN_ISSUERS names ${shown(issuer)}, and no tenant has this issuer: they have ${listOf(found.map(shown))}. Write it as Tenants > General shows it, letter by letter.`,
    ),
  );
}

function roles(
  named: readonly { readonly roles: readonly string[] }[],
  { config: { accessTokens } }: ExaminedService,
): readonly Found[] {
  const granted = [...(accessTokens?.permissionsByRole.keys() ?? [])];
  const known = new Set(named.flatMap((one) => one.roles));
  const missing = granted.filter((role) => !known.has(role));
  if (granted.length === 0) return [];
  if (missing.length === 0) return [ok(`FusionAuth has each role of ACCESS_TOKEN_PERMISSIONS: ${listOf(granted)}.`)];
  const message = `ACCESS_TOKEN_PERMISSIONS names roles that no application of ACCESS_TOKEN_AUDIENCES has, so nobody gets their permissions: ${listOf(missing.map(shown))}. Add them under Applications > Roles, or write them as they are there.`;
  return [warning(message)];
}

/** How long fetching FusionAuth's keys may take, in milliseconds. */
const keyFetchTimeoutMs = 5_000;

/** Whether one real access token is accepted, and why not. @param token Never shown. */
export async function tokenFindings(
  token: string,
  { config, fusionAuthUrl, clock }: ExaminedService,
): Promise<readonly Found[]> {
  const { accessTokens } = config;
  if (accessTokens === null) {
    return [problem('The token is refused: access tokens are not accepted. Set ACCESS_TOKEN_ISSUERS.')];
  }
  const authenticator = new AccessTokenAuthenticator(fusionAuthUrl, { ...accessTokens, keyFetchTimeoutMs }, clock);
  const authentication = await authenticator.authenticate(token).catch(() => null);
  if (authentication === null) return [notChecked('The token was not verified: the keys of FusionAuth cannot be had.')];
  if (authentication.kind === 'caller') {
    const { caller } = authentication;
    const permissions = [...caller.permissions];
    const rights = permissions.length === 0 ? 'no permission but for sessions of its own' : permissions.join(', ');
    return [ok(`The token is accepted, of a ${caller.kind} with ${rights}.`)];
  }
  const { check, claimed } = authentication.refusal;
  const says = (claim: string | null | undefined) => shown(claim ?? 'nothing');
  switch (check) {
    case 'iss':
      return [
        problem(
          `The token is refused: its iss is ${says(claimed?.iss)}, and ACCESS_TOKEN_ISSUERS has ${listOf(accessTokens.issuers)}. Set the issuer of the tenant.`,
        ),
      ];
    case 'aud':
      return [
        problem(
          `The token is refused: its aud is ${says(claimed?.aud)}, and ACCESS_TOKEN_AUDIENCES has ${listOf(accessTokens.audiences)}. Set the client id of the application.`,
        ),
      ];
    case 'alg':
      return [
        problem(
          `The token is refused: it is signed by ${says(claimed?.alg)}, and the service accepts ${listOf(accessTokens.algorithms)}. Choose an RSA or EC key under JWT in FusionAuth.`,
        ),
      ];
    case 'exp':
      return [warning('The token has expired; its signature, issuer and audience are right. Give a fresh one.')];
    case 'kid':
    case 'signature':
      return [
        problem(`The token is refused: FusionAuth at ${fusionAuthUrl} has not signed it. Give one of this FusionAuth.`),
      ];
    default:
      return [problem(`The token is refused (${check}). Give an access token, as FusionAuth answers it.`)];
  }
}
