import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RevokeSession } from '../application/revocation/revoke-session.js';
import type { Caller } from '../domain/caller.js';
import { UpstreamUnavailableError } from '../domain/errors.js';
import { fetchToken } from '../fusionauth/token-fetch.js';
import type { RefusalLimit } from '../http/address-limits.js';
import type { CreateScope, RecogniseConsole, RecognitionOptions } from '../http/recognise-caller.js';
import type { Foundation } from './foundation.js';

interface ConsoleParts {
  readonly recognition: Pick<RecognitionOptions, 'authenticate' | 'chooseTenant'>;
  readonly guesses: RefusalLimit | null;
  readonly createScope: CreateScope;
  readonly revokeSession: Pick<RevokeSession, 'execute'>;
}

interface Console {
  readonly register: (app: FastifyInstance) => void;
  readonly recognise: RecogniseConsole;
}

/** The folder into which the build puts the pages. The path is right from src/ and from dist/ alike. */
const pagesFolder = fileURLToPath(new URL('../../dist/console', import.meta.url));

/** How long FusionAuth may take to answer while somebody signs in. */
const signInTimeoutMs = 10_000;

/**
 * The console; null where none is configured. Its code is loaded on demand: a service without a console carries none of
 * it.
 */
export async function createConsole(foundation: Foundation, parts: ConsoleParts): Promise<Console | null> {
  const { config, secrets, clock, telemetry, turns } = foundation;
  if (config.console === null || secrets.console === null) return null;
  const [{ ConsoleClient }, { ConsoleSessions }, { ConsoleSignIn, signInMs }, { SealedCookies }, { TokenRefresh }] =
    await Promise.all([
      import('../auth/console/console-client.js'),
      import('../auth/console/console-sessions.js'),
      import('../auth/console/console-sign-in.js'),
      import('../auth/console/sealed-cookies.js'),
      import('../auth/console/token-refresh.js'),
    ]);
  const [{ ConsoleCookies }, { createConsoleRecognition }, { registerConsole }] = await Promise.all([
    import('../http/console/console-cookies.js'),
    import('../http/console/console-credentials.js'),
    import('../http/console/console.js'),
  ]);
  const { guesses } = parts;
  const { authenticate } = parts.recognition;
  const { clientId, issuer, url, idleMs, sessionMs } = config.console;
  const browserFusionAuthUrl = config.console.fusionAuthUrl ?? foundation.fusionAuthUrl;
  const now = () => clock.now();
  const sealed = new SealedCookies({ keys: secrets.console.cookieKeys, clientId, now });
  const client = new ConsoleClient({
    clientId,
    clientSecret: secrets.console.clientSecret,
    issuer,
    fusionAuthUrl: foundation.fusionAuthUrl,
    browserFusionAuthUrl,
    timeoutMs: signInTimeoutMs,
    fetchToken,
  });
  const refresh = new TokenRefresh(client, now);
  const sessions = new ConsoleSessions({ cookies: sealed, refresh, authenticate, now, idleMs, sessionMs });
  const signIn = new ConsoleSignIn({ client, cookies: sealed, sessions, authenticate, now });
  const address = { url, basePath: config.http.basePath };
  const cookies = new ConsoleCookies(address, signInMs / 1_000);
  return {
    recognise: createConsoleRecognition(address, cookies, sessions),
    register: (app) =>
      registerConsole(app, {
        folder: pagesFolder,
        fusionAuthOrigin: new URL(browserFusionAuthUrl).origin,
        address,
        cookies,
        signIn,
        sessions,
        logoutUrl: (returnTo) => client.logoutUrl(returnTo),
        telemetry,
        turns,
        guesses,
        endSession: (caller, request) => endSession(caller, request, foundation, parts),
      }),
  };
}

/** @throws UpstreamUnavailableError when the session of the caller may live on. */
async function endSession(
  caller: Caller,
  { id: requestId, clientAddress }: FastifyRequest,
  { config }: Foundation,
  { recognition, createScope, revokeSession }: ConsoleParts,
): Promise<void> {
  const tenant = recognition.chooseTenant(caller, undefined);
  if (caller.kind !== 'user' || caller.sessionId === null || !tenant.ok) return;
  const { operationTimeoutMs } = config.limits;
  const signal = AbortSignal.timeout(operationTimeoutMs);
  const time = { deadline: performance.now() + operationTimeoutMs, signal };
  const scope = createScope({
    caller,
    tenantId: tenant.tenantId,
    tenantIsCallersWord: false,
    clientAddress,
    requestId,
    time,
  });
  const { userErrors } = await revokeSession.execute(scope, {
    sessionId: caller.sessionId,
    userId: caller.userId,
    reason: 'USER_LOGOUT',
    comment: null,
    includeSsoSessions: false,
    dryRun: false,
  });
  if (userErrors.length > 0) throw new UpstreamUnavailableError(null, true);
}
