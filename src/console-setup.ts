import { randomBytes, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type CommandResult, done, misused, optionProblem, refused } from './command-result.js';
import { readFusionAuthAccess } from './config/fusionauth-access.js';
import { isPlainUrl } from './config/variables/console.js';
import { reasonOf } from './domain/reason-of.js';
import { errorCodes } from './fusionauth/answer-details.js';

const usage = `Usage: fusionauth-sessions console-setup --url URL [options]
  --url URL     where browsers see the service, such as https://sessions.example.com: the PUBLIC_URL
  --create      make the application in FusionAuth, by FUSIONAUTH_URL and FUSIONAUTH_API_KEY (or its _FILE), and
                in the tenant of FUSIONAUTH_TENANT_ID if that is set; default: print what to make
  --name NAME   what the application is called (default: Session Console)

Prints the variables with which the service has a console, secrets included: once.
With --create the key needs POST on /api/key/generate and /api/application, and GET on /api/tenant.
`;

type Environment = Readonly<Record<string, string | undefined>>;

/** What each role may do: a beginning, to be changed at will. */
const permissionsByRole = {
  support: ['session:read', 'session:revoke', 'event:subscribe', 'policy:read'],
  lead: [
    'session:read',
    'session:revoke',
    'session:bulk',
    'event:subscribe',
    'policy:read',
    'audit:read',
    'setup:read',
  ],
};

/** A change of roles counts after this time at the latest. */
const accessTokenSeconds = 600;

/** Longer than the console keeps an idle person signed in. */
const refreshTokenMinutes = 1_440;

const callTimeoutMs = 10_000;

/** Prints the records that FusionAuth needs for a console, or creates them. */
export async function setUpConsole(args: readonly string[], env: Environment): Promise<CommandResult> {
  const values = readOptions(args);
  if (typeof values === 'string') return misused(values, usage);
  if (values.help) return done(usage);
  const { url } = values;
  if (url === undefined) return misused('Missing: --url', usage);
  if (!isPlainUrl(url)) {
    return refused('--url: must be an https URL without a slash at its end, or http for a host of this machine\n');
  }
  const ids = { keyId: randomUUID(), clientId: randomUUID() };
  const bodies = requestsFor(values.name, `${url}/console`, ids.keyId);
  if (!values.create) {
    const requests = `POST /api/key/generate/${ids.keyId}\n${json(bodies.key)}\n\nPOST /api/application/${ids.clientId}\n${json(bodies.application)}\n`;
    const toSet = variablesFor(url, ids.clientId, '<client secret of the application>', '<issuer of the tenant>');
    return done(`Make these in FusionAuth:\n\n${requests}\nSet:\n\n${toSet}`);
  }
  try {
    const { secret, issuer } = await create(env, ids, bodies);
    return done(`Made the application ${ids.clientId}. Set:\n\n${variablesFor(url, ids.clientId, secret, issuer)}`);
  } catch (error) {
    return refused(`${error instanceof Error ? error.message : error}\n`);
  }
}

function requestsFor(name: string, consoleUrl: string, keyId: string) {
  return {
    // A key pair, because the service accepts no symmetric signatures.
    key: { key: { algorithm: 'RS256', length: 2_048, name } },
    application: {
      application: {
        name,
        roles: Object.keys(permissionsByRole).map((role) => ({ name: role })),
        jwtConfiguration: {
          enabled: true,
          accessTokenKeyId: keyId,
          idTokenKeyId: keyId,
          timeToLiveInSeconds: accessTokenSeconds,
          refreshTokenTimeToLiveInMinutes: refreshTokenMinutes,
          refreshTokenExpirationPolicy: 'SlidingWindow',
          refreshTokenUsagePolicy: 'Reusable',
        },
        oauthConfiguration: {
          authorizedRedirectURLs: [`${consoleUrl}/callback`, `${consoleUrl}/`],
          clientAuthenticationPolicy: 'Required',
          proofKeyForCodeExchangePolicy: 'Required',
          enabledGrants: ['authorization_code', 'refresh_token'],
          generateRefreshTokens: true,
          logoutBehavior: 'RedirectOnly',
          requireRegistration: true,
        },
      },
    },
  };
}

/** @throws an Error that says which call failed, and how. */
async function create(
  env: Environment,
  { keyId, clientId }: { readonly keyId: string; readonly clientId: string },
  bodies: ReturnType<typeof requestsFor>,
): Promise<{ readonly secret: string; readonly issuer: string }> {
  const { url: fusionAuthUrl, apiKey, tenantId } = await readFusionAuthAccess(env);
  if (fusionAuthUrl === undefined || apiKey === undefined) {
    throw new Error('--create needs FUSIONAUTH_URL, and FUSIONAUTH_API_KEY or FUSIONAUTH_API_KEY_FILE');
  }
  const call = async (method: string, path: string, body?: object, inTenant = tenantId) => {
    const url = `${fusionAuthUrl.replace(/\/+$/, '')}${path}`;
    const response = await fetch(url, {
      method,
      // A redirect would take the key elsewhere, and make a GET of a POST.
      redirect: 'manual',
      headers: {
        authorization: apiKey,
        'content-type': 'application/json',
        ...(inTenant === null ? {} : { 'x-fusionauth-tenantid': inTenant }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callTimeoutMs),
    }).catch((error: unknown) => {
      throw new Error(`FusionAuth could not be reached at ${url}: ${reasonOf(error)}`);
    });
    if (!response.ok) {
      throw new Error(`FusionAuth answered ${response.status} to ${method} ${path}${await reasonsIn(response)}`);
    }
    const answer: unknown = await response.json().catch(() => null);
    if (typeof answer !== 'object' || answer === null) {
      throw new Error(`What answered ${method} ${url} is no FusionAuth: the answer is no JSON`);
    }
    return answer as Answer;
  };
  await call('POST', `/api/key/generate/${keyId}`, bodies.key, null);
  const { application } = await call('POST', `/api/application/${clientId}`, bodies.application);
  const { tenant: made } = await call('GET', `/api/tenant/${application?.tenantId}`);
  const secret = application?.oauthConfiguration?.clientSecret;
  if (secret === undefined || made?.issuer === undefined) {
    throw new Error('FusionAuth made the application, and did not answer its secret or the issuer of its tenant');
  }
  return { secret, issuer: made.issuer };
}

/** What to do about what an earlier try, or another application, leaves behind, and about tenants. */
const remedies: Readonly<Record<string, string>> = {
  '[duplicate]key.name': 'a key has that name. Delete it under Settings > Key Master, or give another --name',
  '[duplicate]application.name': 'an application has that name. Delete it, or give another --name',
  '[TenantIdRequired]': 'there are several tenants. Set FUSIONAUTH_TENANT_ID',
};

/** The codes of a refusal, with what to do. */
async function reasonsIn(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  const codes = errorCodes(text, response.headers.get('content-type') ?? '');
  return codes.map((code) => `\n  ${[code, remedies[code]].filter(Boolean).join(': ')}`).join('');
}

/** The parts that are read of FusionAuth's answers, each of which may be missing. */
interface Answer {
  readonly application?: {
    readonly tenantId?: string;
    readonly oauthConfiguration?: { readonly clientSecret?: string };
  };
  readonly tenant?: { readonly issuer?: string };
}

function variablesFor(url: string, clientId: string, clientSecret: string, issuer: string): string {
  const assignments = {
    PUBLIC_URL: url,
    CONSOLE_CLIENT_ID: clientId,
    CONSOLE_CLIENT_SECRET: clientSecret,
    CONSOLE_COOKIE_KEYS: randomBytes(32).toString('base64url'),
    ACCESS_TOKEN_ISSUERS: issuer,
    ACCESS_TOKEN_AUDIENCES: clientId,
    ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: permissionsByRole }),
  };
  return Object.entries(assignments)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}

function json(value: object): string {
  return JSON.stringify(value, null, 2);
}

/** Null for options that do not exist or lack their value. */
function readOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        create: { type: 'boolean', default: false },
        name: { type: 'string', default: 'Session Console' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return optionProblem(error);
  }
}
