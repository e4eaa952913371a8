import { parseTenantId, type TenantId } from '../domain/ids.js';
import { asymmetricAlgorithms } from '../tokens/signature-algorithms.js';
import type { GuardAccessTokenOptions, GuardOptions } from './options.js';

/** Options that have been checked, with defaults. */
export interface GuardSettings
  extends Given<Omit<GuardOptions, 'serviceUrl' | 'accessTokens' | 'tenantIds' | Callback>> {
  readonly graphqlUrl: string;
  readonly streamUrl: string;
  /** The tenants that are followed; null for what the key reaches. */
  readonly tenantIds: ReadonlySet<TenantId> | null;
  readonly accessTokens: AccessTokenSettings;
}

type Given<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

type Callback = 'onFeedChange' | 'onRevoked' | 'onLagChange' | 'onError';

export interface AccessTokenSettings {
  readonly jwksUrl: URL;
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  /** In lower case. Null for any. */
  readonly tenantIds: ReadonlySet<TenantId> | null;
  readonly algorithms: readonly string[];
  readonly clockToleranceSeconds: number;
}

/** The longest delay that timers can hold. */
const maxDelayMs = 2 ** 31 - 1;

/** @throws TypeError that names every option that is wrong, and what would be right. */
export function settingsOf(given: GuardOptions | null | undefined): GuardSettings {
  const options: Partial<GuardOptions> = given ?? {};
  const problems: string[] = [];
  const check = new Check(problems);
  for (const name of ['onError', 'onFeedChange', 'onRevoked', 'onLagChange'] as const)
    check.callback(name, options[name]);
  const serviceUrl = check.origin('serviceUrl', options.serviceUrl);
  const tenantIds = options.tenantIds === undefined ? null : check.tenants('tenantIds', options.tenantIds);
  const settings: GuardSettings = {
    graphqlUrl: `${serviceUrl}/graphql`,
    streamUrl: `${serviceUrl}/graphql/stream`,
    serviceKey: check.key(options.serviceKey),
    tenantIds,
    accessTokens: accessTokenSettingsOf(options.accessTokens ?? {}, tenantIds, check),
    maxRevocationLagSeconds: check.count('maxRevocationLagSeconds', options.maxRevocationLagSeconds ?? 300, 0, 86_400),
    whenFeedIsDown: check.choice('whenFeedIsDown', options.whenFeedIsDown, ['accept', 'refuse']),
    uncertainTokens: check.choice('uncertainTokens', options.uncertainTokens ?? 'confirm', [
      'confirm',
      'accept',
      'refuse',
    ]),
    acceptTokensWithoutSession: check.switch('acceptTokensWithoutSession', options.acceptTokensWithoutSession ?? false),
    feedToleranceMs: check.count('feedToleranceMs', options.feedToleranceMs ?? 15_000, 100, maxDelayMs - 1),
    readyTimeoutMs: check.count('readyTimeoutMs', options.readyTimeoutMs ?? 30_000, 1, maxDelayMs),
    requestTimeoutMs: check.count('requestTimeoutMs', options.requestTimeoutMs ?? 10_000, 1, maxDelayMs),
    keepAliveTimeoutMs: check.count('keepAliveTimeoutMs', options.keepAliveTimeoutMs ?? 15_000, 1, maxDelayMs),
    reconnectBaseMs: check.count('reconnectBaseMs', options.reconnectBaseMs ?? 250, 1, maxDelayMs),
    reconnectMaxMs: check.count('reconnectMaxMs', options.reconnectMaxMs ?? 10_000, 1, maxDelayMs),
    clockSlackMs: check.count('clockSlackMs', options.clockSlackMs ?? 60_000, 0, 3_600_000),
    maxRevocations: check.count('maxRevocations', options.maxRevocations ?? 250_000, 1, 10_000_000),
    maxRememberedTokens: check.count('maxRememberedTokens', options.maxRememberedTokens ?? 5_000, 0, 1_000_000),
    maxConfirmedSessions: check.count('maxConfirmedSessions', options.maxConfirmedSessions ?? 100_000, 1, 10_000_000),
    maxConcurrentConfirmations: check.count(
      'maxConcurrentConfirmations',
      options.maxConcurrentConfirmations ?? 10,
      1,
      1_000,
    ),
    maxWaitingConfirmations: check.count(
      'maxWaitingConfirmations',
      options.maxWaitingConfirmations ?? 10_000,
      0,
      1_000_000,
    ),
  };
  if (problems.length > 0) throw new TypeError(`createGuard: ${problems.join('; ')}`);
  return settings;
}

function accessTokenSettingsOf(
  options: Partial<GuardAccessTokenOptions>,
  followed: ReadonlySet<TenantId> | null,
  check: Check,
): AccessTokenSettings {
  const { jwksUrl, fusionAuthUrl } = options;
  if ((jwksUrl === undefined) === (fusionAuthUrl === undefined)) {
    check.problems.push('accessTokens must have one of jwksUrl and fusionAuthUrl, and not both');
  }
  const url =
    fusionAuthUrl === undefined
      ? check.url('accessTokens.jwksUrl', jwksUrl ?? 'http://localhost')
      : `${check.origin('accessTokens.fusionAuthUrl', fusionAuthUrl)}/.well-known/jwks.json`;
  const algorithms = check.texts('accessTokens.algorithms', options.algorithms ?? ['RS256']);
  if (!algorithms.every((algorithm) => asymmetricAlgorithms.includes(algorithm))) {
    check.problems.push(`accessTokens.algorithms must be among ${asymmetricAlgorithms.join(', ')}`);
  }
  return {
    jwksUrl: new URL(url),
    issuers: check.texts('accessTokens.issuer', options.issuer),
    audiences: check.texts('accessTokens.audience', options.audience),
    tenantIds: options.tenantId === undefined ? followed : check.tenants('accessTokens.tenantId', options.tenantId),
    algorithms,
    clockToleranceSeconds: check.count(
      'accessTokens.clockToleranceSeconds',
      options.clockToleranceSeconds ?? 5,
      0,
      3_600,
    ),
  };
}

/** Checks the types of options at run time, because they may come from JavaScript or from configuration. */
class Check {
  constructor(readonly problems: string[]) {}

  /** A URL, without a trailing slash. */
  url(name: string, value: unknown): string {
    // A path would become a part of an empty fragment, too.
    const url = typeof value === 'string' && !value.includes('#') && URL.canParse(value) ? new URL(value) : null;
    const isRight = url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}` === '';
    if (!isRight) this.problems.push(`${name} must be an http or https URL without credentials and fragment`);
    return isRight ? url.href.replace(/\/+$/, '') : 'http://localhost';
  }

  /** A URL to which paths are added, without a trailing slash. */
  origin(name: string, value: unknown): string {
    const url = this.url(name, value);
    if (!url.includes('?')) return url;
    this.problems.push(`${name} must have no query`);
    return 'http://localhost';
  }

  /** The value is never shown. */
  key(value: unknown): string {
    if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value;
    this.problems.push('serviceKey must be a service key: a text of visible ASCII characters without spaces');
    return '';
  }

  choice<Choice extends string>(name: string, value: unknown, choices: readonly [Choice, ...Choice[]]): Choice {
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      this.problems.push(`${name} must be one of ${choices.map((one) => `'${one}'`).join(', ')}`);
    return found ?? choices[0];
  }

  /** One that cannot be called would go unnoticed: what a callback throws is ignored. */
  callback(name: string, value: unknown): void {
    if (value != null && typeof value !== 'function') this.problems.push(`${name} must be a function, or left out`);
  }

  switch(name: string, value: unknown): boolean {
    if (typeof value !== 'boolean') this.problems.push(`${name} must be true or false`);
    return value === true;
  }

  count(name: string, value: unknown, min: number, max: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.problems.push(`${name} must be a whole number from ${min} to ${max}`);
    return min;
  }

  /** Tenant ids, in lower case. */
  tenants(name: string, value: unknown): ReadonlySet<TenantId> {
    const ids = this.texts(name, value).map(parseTenantId);
    if (ids.includes(undefined)) this.problems.push(`${name} must be a UUID, or several`);
    return new Set(ids.filter((id) => id !== undefined));
  }

  texts(name: string, value: unknown): readonly string[] {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = list.filter((text) => typeof text === 'string').filter((text) => text !== '');
    if (texts.length === 0 || texts.length < list.length) this.problems.push(`${name} must be a text, or several`);
    return texts;
  }
}
