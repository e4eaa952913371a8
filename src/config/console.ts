import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { AccessTokenOptions } from '../auth/access-tokens.js';
import { type Permission, permissions } from '../domain/caller.js';
import { hasDemoConsole } from './demo.js';
import type { environment } from './environment.js';
import { isPlainUrl } from './variables/console.js';

/** How people sign in to the console. */
export interface ConsoleConfig {
  /** The application of FusionAuth by which people sign in. */
  readonly clientId: string;
  readonly issuer: string;
  /** Where browsers see the console, without a trailing slash. Null: below any name of this machine. */
  readonly url: string | null;
  /** Where browsers reach FusionAuth, without a trailing slash. Null: at the address that the service uses. */
  readonly fusionAuthUrl: string | null;
  readonly idleMs: number;
  /** How long a sign-in lasts at most. */
  readonly sessionMs: number;
}

export interface ConsoleSecrets {
  readonly clientSecret: string;
  /** The first encrypts, all decrypt. */
  readonly cookieKeys: readonly Uint8Array[];
}

/** The made-up application of a demo, which the emulated FusionAuth has under the same id. */
const demoConsole = {
  clientId: 'a0000000-0000-4000-8000-000000000003',
  clientSecret: 'demo-console-secret',
  issuer: 'acme.com',
} as const;

/** The roles of the made-up people of a demo. */
const demoRoles: Readonly<Record<string, readonly Permission[]>> = {
  support: ['session:read', 'session:revoke', 'event:subscribe', 'policy:read'],
  lead: permissions,
};

/** The access tokens with which the console of a demo calls. */
export const demoAccessTokens: Omit<AccessTokenOptions, 'clockToleranceSeconds'> = {
  issuers: [demoConsole.issuer],
  audiences: [demoConsole.clientId],
  algorithms: ['RS256'],
  tenantIds: null,
  permissionsByRole: new Map(Object.entries(demoRoles).map(([role, granted]) => [role, new Set(granted)])),
  permissionsByScope: new Map(),
};

type Values = z.output<typeof environment>;

/** Null where there is none. */
export function consoleOf(values: Values): ConsoleConfig | null {
  const isDemo = hasDemoConsole(values);
  const clientId = values.CONSOLE_CLIENT_ID ?? (isDemo ? demoConsole.clientId : null);
  const [onlyIssuer = demoConsole.issuer] = values.ACCESS_TOKEN_ISSUERS ?? [];
  if (clientId === null) return null;
  return {
    clientId,
    issuer: values.CONSOLE_ISSUER ?? onlyIssuer,
    url: isDemo || values.PUBLIC_URL === undefined ? null : `${values.PUBLIC_URL}/console`,
    fusionAuthUrl: values.CONSOLE_FUSIONAUTH_URL ?? null,
    idleMs: values.CONSOLE_IDLE_SECONDS * 1_000,
    sessionMs: values.CONSOLE_SESSION_SECONDS * 1_000,
  };
}

/** The secrets of the console. In a demo the keys last as long as the process, as do the sessions of its people. */
export function consoleSecretsOf(values: Values): ConsoleSecrets | null {
  const { CONSOLE_CLIENT_SECRET: clientSecret, CONSOLE_COOKIE_KEYS: cookieKeys } = values;
  if (clientSecret !== undefined && cookieKeys !== undefined) return { clientSecret, cookieKeys };
  if (!hasDemoConsole(values)) return null;
  return { clientSecret: demoConsole.clientSecret, cookieKeys: cookieKeys ?? [new Uint8Array(randomBytes(32))] };
}

const needed = ['CONSOLE_CLIENT_SECRET', 'CONSOLE_COOKIE_KEYS', 'PUBLIC_URL'];
const others = ['CONSOLE_FUSIONAUTH_URL', 'CONSOLE_ISSUER', 'CONSOLE_IDLE_SECONDS', 'CONSOLE_SESSION_SECONDS'];

/** Problems of the combination of variables that are given. */
export function consoleContradictions(env: Readonly<Record<string, unknown>>): readonly string[] {
  const has = (name: string) => env[name] !== undefined;
  if (!has('CONSOLE_CLIENT_ID')) {
    const isDemo = !has('FUSIONAUTH_URL') && env['NODE_ENV'] !== 'production';
    const lifetimes = isDemo ? ['CONSOLE_IDLE_SECONDS', 'CONSOLE_SESSION_SECONDS', 'CONSOLE_COOKIE_KEYS'] : [];
    return [...needed, ...others]
      .filter((name) => name !== 'PUBLIC_URL' && has(name) && !lifetimes.includes(name))
      .map((name) => `${name}: has no effect without CONSOLE_CLIENT_ID`);
  }
  if (!has('FUSIONAUTH_URL')) {
    return ['CONSOLE_CLIENT_ID: is for your own FusionAuth. Set FUSIONAUTH_URL, or leave it out for the demo'];
  }
  return [
    ...needed.filter((name) => !has(name)).map((name) => `${name}: is required together with CONSOLE_CLIENT_ID`),
    ...(has('ACCESS_TOKEN_ISSUERS') || has('ACCESS_TOKEN_AUDIENCES')
      ? []
      : [
          'ACCESS_TOKEN_ISSUERS: is required together with CONSOLE_CLIENT_ID, whose access tokens the console calls with',
        ]),
  ];
}

/** Problems of values that are each right alone. */
export function consoleContradictoryValues(values: Values): readonly string[] {
  const { CONSOLE_CLIENT_ID: clientId, CONSOLE_ISSUER: issuer, PUBLIC_URL: url } = values;
  const problems: string[] = [];
  if (values.CONSOLE_IDLE_SECONDS > values.CONSOLE_SESSION_SECONDS) {
    problems.push('CONSOLE_IDLE_SECONDS: must be at most CONSOLE_SESSION_SECONDS');
  }
  if (clientId === undefined) return problems;
  const { ACCESS_TOKEN_ISSUERS: issuers, ACCESS_TOKEN_AUDIENCES: audiences } = values;
  if (audiences !== undefined && !audiences.some((one) => one.toLowerCase() === clientId)) {
    problems.push(`ACCESS_TOKEN_AUDIENCES: must name ${clientId}, the CONSOLE_CLIENT_ID`);
  }
  if (issuers !== undefined && issuer !== undefined && !issuers.includes(issuer)) {
    problems.push('CONSOLE_ISSUER: must be one of ACCESS_TOKEN_ISSUERS');
  }
  if (issuers !== undefined && issuers.length > 1 && issuer === undefined) {
    problems.push('CONSOLE_ISSUER: is required where ACCESS_TOKEN_ISSUERS names several');
  }
  if ((values.ACCESS_TOKEN_PERMISSIONS?.roles.size ?? 0) === 0) {
    problems.push(
      'ACCESS_TOKEN_PERMISSIONS: must grant something to a role, or nobody could do anything in the console',
    );
  }
  if (url !== undefined && !isPlainUrl(url)) {
    problems.push('PUBLIC_URL: must be an https URL for the console, unless it is one of this machine');
  }
  return problems;
}
