import { unreachable } from '../domain/unreachable.js';
import type { CheckResult } from '../fusionauth/checks.js';
import { notableSkewMs } from '../fusionauth/clock-skew.js';
import type { KeyScope } from '../fusionauth/key-scope.js';
import type { FusionAuthSetUp, Read } from '../fusionauth/set-up.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, listOf, notChecked, ok, problem, warning } from './found.js';

/** The result of a check of the start, as a finding. */
function foundBy({ state, isEssential, message }: CheckResult): Found {
  switch (state) {
    case 'ok':
      return ok(message);
    case 'wrong':
      return isEssential ? problem(message) : warning(message);
    case 'unknown':
      return isEssential ? problem(message) : notChecked(message);
    default:
      return unreachable(state);
  }
}

export function connectionFindings(results: readonly CheckResult[], url: string): readonly Found[] {
  const broken = results.filter(({ check }) => check === 'connection');
  return broken.length > 0 ? broken.map(foundBy) : [ok(`FusionAuth answers at ${url}, and takes the key.`)];
}

export function keyFindings(results: readonly CheckResult[]): readonly Found[] {
  return results.filter(({ check }) => check !== 'connection' && check !== 'tenant').map(foundBy);
}

export function tenantFindings(
  results: readonly CheckResult[],
  { tenants }: FusionAuthSetUp,
  { config: { fusionAuth } }: ExaminedService,
): readonly Found[] {
  const found = results.filter(({ check }) => check === 'tenant').map(foundBy);
  if (fusionAuth.tenantId !== null || !tenants.isRead || tenants.value.length <= 1) return found;
  const count = tenants.value.length;
  const message = `FusionAuth has ${count} tenants, and FUSIONAUTH_TENANT_ID is not set: calls that name no tenant in X-FusionAuth-TenantId may find nobody. Set it, unless callers of several tenants are meant.`;
  return [...found, warning(message)];
}

const auditLog = 'POST on /api/system/audit-log';
const signIns = 'POST on /api/system/login-record/search';

/** The permissions that a key needs, as a list in a sentence. */
function neededEndpoints({ auditLog: isRecorded }: Pick<ExaminedService['config']['fusionAuth'], 'auditLog'>): string {
  const always =
    'GET and DELETE on /api/jwt/refresh, POST on /api/user/search, GET on /api/application and /api/tenant';
  return `${always}${isRecorded ? `, ${auditLog}` : ''} (and ${signIns} for recentSignIns and the sweep of a policy)`;
}

/** The permissions of the key that some settings need, and those that nothing needs. */
export function keyScopeFindings(
  { mayWriteAuditLog, mayReadSignIns, unneeded, isUnrestricted }: KeyScope,
  hasPolicy: boolean,
  { config: { fusionAuth, policy } }: ExaminedService,
): readonly Found[] {
  const found: Found[] = [];
  if (fusionAuth.auditLog && mayWriteAuditLog === true) found.push(ok(`The key of FusionAuth has ${auditLog}.`));
  if (fusionAuth.auditLog && mayWriteAuditLog === false) {
    const message = `The key of FusionAuth lacks ${auditLog}, which FUSIONAUTH_AUDIT_LOG needs: grant it under Settings > API Keys.`;
    found.push(problem(message));
  }
  const isSweepUsed = hasPolicy && policy.sweepIntervalMs !== null;
  if (mayReadSignIns === true) found.push(ok(`The key of FusionAuth has ${signIns}.`));
  if (mayReadSignIns === false) {
    const lacks = `The key of FusionAuth lacks ${signIns}, or belongs to one tenant`;
    found.push(
      isSweepUsed
        ? warning(
            `${lacks}: the sweep of the session policy and recentSignIns cannot work. Grant it to a key of all tenants.`,
          )
        : ok(`${lacks}: only recentSignIns and the sweep of a session policy would need it.`),
    );
  }
  if (isUnrestricted) {
    const message = `The key of FusionAuth may do everything, or much more than the service needs. Whoever steals it has all of FusionAuth: make one under Settings > API Keys with ${neededEndpoints(fusionAuth)}, and nothing else.`;
    found.push(warning(message));
  } else if (unneeded.length > 0) {
    const message = `The key of FusionAuth has more than the service needs: ${listOf(unneeded)}. Take it away under Settings > API Keys.`;
    found.push(warning(message));
  } else {
    found.push(ok('The key of FusionAuth has none of the permissions that were tried and are not needed.'));
  }
  return found;
}

/** The first version that signs its webhooks. */
const signingVersion = [1, 48] as const;

export function versionFindings(version: Read<string>, { config: { webhook } }: ExaminedService): readonly Found[] {
  if (!version.isRead) return [notChecked(`The version of FusionAuth is not known, because ${version.why}.`)];
  const numbers = /^(\d+)\.(\d+)/.exec(version.value);
  if (numbers === null) return [warning(`FusionAuth says that its version is ${version.value.slice(0, 32)}.`)];
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  const isOld = major < signingVersion[0] || (major === signingVersion[0] && minor < signingVersion[1]);
  if (!isOld) return [ok(`FusionAuth has the version ${version.value}.`)];
  const message = `FusionAuth has the version ${version.value}; the service is for 1.48 and newer. Update FusionAuth.`;
  const isSigned = webhook !== null && webhook.signature !== null;
  return [
    isSigned ? problem(`${message} Older ones do not sign webhooks, so each delivery is refused.`) : warning(message),
  ];
}

/** @param aheadMs How far FusionAuth's clock is ahead of this machine's. */
export function clockFindings(
  aheadMs: number,
  { config: { webhook, accessTokens } }: ExaminedService,
): readonly Found[] {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const where = aheadMs > 0 ? 'ahead of' : 'behind';
  if (Math.abs(aheadMs) <= notableSkewMs) {
    return [ok('The clock of FusionAuth and the one of this machine agree within 5 seconds.')];
  }
  const apart = `The clock of FusionAuth is ${seconds} seconds ${where} the one of this machine. Set both by NTP.`;
  const toleranceSeconds = Math.min(
    webhook?.clockToleranceSeconds ?? Number.POSITIVE_INFINITY,
    accessTokens?.clockToleranceSeconds ?? Number.POSITIVE_INFINITY,
  );
  const isRefused = aheadMs > 0 && seconds > toleranceSeconds;
  const isStale = aheadMs < 0 && webhook !== null && seconds > webhook.maxAgeSeconds;
  return [isRefused || isStale ? problem(`${apart} Until then events or access tokens are refused.`) : warning(apart)];
}
