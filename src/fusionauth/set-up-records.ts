import { type ApplicationId, parseTenantId, type TenantId } from '../domain/ids.js';
import { decodeApplication, decodeTenant } from './decode.js';
import { asObject, type JsonObject, optionalObject, optionalText, optionalTexts, optionalWhole } from './json.js';
import type { JwtSettings } from './lifetimes.js';

/** The settings of a tenant that matter to this service. */
export interface TenantSetUp {
  readonly id: TenantId;
  readonly name: string | null;
  /** The `iss` of its tokens. */
  readonly issuer: string | null;
  readonly jwt: JwtSettings;
  readonly accessTokenKeyId: string | null;
  /** The events that are switched on, each with its transaction type. */
  readonly events: ReadonlyMap<string, string>;
  /** `data.sessionPolicy`, as it is; undefined when there is none. */
  readonly sessionPolicy: unknown;
  /** Members of `data` that may be meant for it, such as `session_policy`. */
  readonly misnamedPolicies: readonly string[];
}

export interface ApplicationSetUp {
  readonly id: ApplicationId;
  readonly name: string | null;
  /** Null for a universal application, which belongs to no tenant. */
  readonly tenantId: TenantId | null;
  /** Null where the settings of the tenant hold. */
  readonly jwt: JwtSettings | null;
  /** Null where the key of the tenant signs. */
  readonly accessTokenKeyId: string | null;
  /** Whether a login through the Login API makes a refresh token. */
  readonly loginMakesRefreshTokens: boolean;
  /** Whether a sign-in on FusionAuth's pages makes a refresh token, if the application asks for one. */
  readonly oauthMakesRefreshTokens: boolean;
  readonly roles: readonly string[];
  readonly redirectUrls: readonly string[];
  /** A secret: it is compared, and never shown. */
  readonly clientSecret: string | null;
  /** `data.sessionPolicy`, as it is; undefined when there is none. */
  readonly sessionPolicy: unknown;
  /** Members of `data` that may be meant for it, such as `session_policy`. */
  readonly misnamedPolicies: readonly string[];
}

export interface WebhookSetUp {
  readonly url: string;
  /** The tenants whose events it gets; null for all. */
  readonly tenantIds: readonly TenantId[] | null;
  readonly events: ReadonlySet<string>;
  /** The key that signs its deliveries: null where they are not signed, empty where FusionAuth names none. */
  readonly signingKeyId: string | null;
  readonly readTimeoutMs: number | null;
  /** Secrets: they are compared, and never shown. Names of headers are in lower case. */
  readonly username: string | null;
  readonly password: string | null;
  readonly headers: ReadonlyMap<string, string>;
}

export function decodeTenantSetUp(value: unknown): TenantSetUp {
  const record = asObject(value, 'A tenant');
  const { id, name, jwt, sessionPolicy } = decodeTenant(value);
  const events = optionalObject(optionalObject(record['eventConfiguration'])['events']);
  const switchedOn = Object.entries(events).flatMap(([type, settings]) => {
    const { enabled, transactionType } = optionalObject(settings);
    return enabled === true ? [[type, optionalText(transactionType) ?? 'None'] as const] : [];
  });
  return {
    id,
    name,
    issuer: optionalText(record['issuer']),
    jwt,
    accessTokenKeyId: optionalText(optionalObject(record['jwtConfiguration'])['accessTokenKeyId']),
    events: new Map(switchedOn),
    sessionPolicy,
    misnamedPolicies: misnamedPoliciesIn(record),
  };
}

export function decodeApplicationSetUp(value: unknown): ApplicationSetUp {
  const record = asObject(value, 'An application');
  const { id, name, tenantId, jwt, sessionPolicy } = decodeApplication(value);
  const oauth = optionalObject(record['oauthConfiguration']);
  const roles = Array.isArray(record['roles']) ? record['roles'] : [];
  return {
    id,
    name,
    tenantId,
    jwt,
    accessTokenKeyId:
      jwt === null ? null : optionalText(optionalObject(record['jwtConfiguration'])['accessTokenKeyId']),
    loginMakesRefreshTokens: optionalObject(record['loginConfiguration'])['generateRefreshTokens'] === true,
    oauthMakesRefreshTokens:
      oauth['generateRefreshTokens'] === true && optionalTexts(oauth['enabledGrants']).includes('refresh_token'),
    roles: roles.flatMap((role: unknown) => optionalText(optionalObject(role)['name']) ?? []),
    redirectUrls: optionalTexts(oauth['authorizedRedirectURLs']),
    clientSecret: optionalText(oauth['clientSecret']),
    sessionPolicy,
    misnamedPolicies: misnamedPoliciesIn(record),
  };
}

export function decodeWebhookSetUp(value: unknown): WebhookSetUp {
  const record = asObject(value, 'A webhook');
  const events = Object.entries(optionalObject(record['eventsEnabled'])).filter(([, isOn]) => isOn === true);
  const signature = optionalObject(record['signatureConfiguration']);
  const headers = Object.entries(optionalObject(record['headers'])).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name.toLowerCase(), text] as const] : [],
  );
  return {
    url: optionalText(record['url']) ?? '',
    tenantIds:
      record['global'] === true
        ? null
        : optionalTexts(record['tenantIds']).flatMap((tenantId) => parseTenantId(tenantId) ?? []),
    events: new Set(events.map(([type]) => type)),
    signingKeyId: signature['enabled'] === true ? (optionalText(signature['signingKeyId']) ?? '') : null,
    readTimeoutMs: optionalWhole(record['readTimeout'], Number.MAX_SAFE_INTEGER),
    username: optionalText(record['httpAuthenticationUsername']),
    password: optionalText(record['httpAuthenticationPassword']),
    headers: new Map(headers),
  };
}

/** Names that differ from `sessionPolicy` in case, punctuation or number. */
function misnamedPoliciesIn(record: JsonObject): readonly string[] {
  return Object.keys(optionalObject(record['data'])).filter(
    (name) => name !== 'sessionPolicy' && /^sessions?polic(?:y|ies)$/i.test(name.replace(/[^a-z]/gi, '')),
  );
}
