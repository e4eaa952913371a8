import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LoopTurns } from '../../application/operation/loop-turns.js';
import type { ConsoleSessions } from '../../auth/console/console-sessions.js';
import type { ConsoleSignIn } from '../../auth/console/console-sign-in.js';
import type { Caller } from '../../domain/caller.js';
import { isUpstreamError } from '../../domain/errors.js';
import type { RefusalLimit } from '../address-limits.js';
import { sendError, sendRateLimited } from '../errors.js';
import type { HttpTelemetry } from '../telemetry.js';
import { type ConsoleAddress, consoleUrlFor, isFromOwnPages } from './console-address.js';
import type { ConsoleCookies } from './console-cookies.js';

export interface SignInRoutesOptions {
  readonly address: ConsoleAddress;
  readonly cookies: ConsoleCookies;
  readonly signIn: ConsoleSignIn;
  readonly sessions: ConsoleSessions;
  /** The address at which FusionAuth ends its own sign-in, and then sends the browser on to `returnTo`. */
  readonly logoutUrl: (returnTo: string) => URL;
  /**
   * Ends the session of a caller at FusionAuth.
   * @throws an UpstreamError when it may live on.
   */
  readonly endSession: (caller: Caller, request: FastifyRequest) => Promise<void>;
  readonly telemetry: HttpTelemetry;
  readonly turns: LoopTurns;
  /** Counts callbacks without a sign-in under way, by address. Null where addresses do not identify clients. */
  readonly guesses: RefusalLimit | null;
}

/** Why a sign-in failed: the parameter `sign-in` in the address of the page, which shows it. */
type SignInProblem = 'failed' | 'refused' | 'unavailable';

/** A form without fields. */
const maxFormBytes = 1_024;

/** How many sign-ins may wait for FusionAuth. A further one is refused at once. */
const maxSignInsUnderWay = 32;

/** FusionAuth's codes last 30 seconds by default, which is time for some tries. */
const retryAfterSeconds = 2;

/**
 * The units of opening the cookie of a sign-in, asking FusionAuth and answering. All sign-ins wait in one line, so that
 * strangers who make answers up take no more of the process than one user may.
 */
const unitsOfSignIn = 2_500;
const lineOfSignIns = 'answers to sign-ins';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Serves signing in and out: `/console/login`, `/console/callback` and `/console/logout`. */
export function registerSignIn(app: FastifyInstance, options: SignInRoutesOptions): void {
  // The content type of a form without fields.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _body, done) =>
    done(null, null),
  );
  app.get('/console/login', beginSignIn(options));
  app.get('/console/callback', completeSignIn(options));
  // The sender is not known yet.
  app.post('/console/logout', { bodyLimit: maxFormBytes }, signOut(options));
}

/** Sends the browser to FusionAuth. */
function beginSignIn({ address, cookies, signIn }: SignInRoutesOptions): Handler {
  return async (request, reply) => {
    const consoleUrl = consoleUrlFor(address, request);
    if (consoleUrl === null) return sendError(reply, 400, 'BAD_REQUEST', otherName);
    const { url, cookie } = await signIn.begin(`${consoleUrl}/callback`);
    cookies.login.set(reply, cookie);
    return reply.redirect(url.href, 303);
  };
}

/** Takes FusionAuth's answer, once for each sign-in. */
function completeSignIn(options: SignInRoutesOptions): Handler {
  const { address, cookies, telemetry, guesses } = options;
  let underWay = 0;
  return async (request, reply) => {
    const consoleUrl = consoleUrlFor(address, request);
    if (consoleUrl === null) return sendError(reply, 400, 'BAD_REQUEST', otherName);
    const waitSeconds = (await guesses?.retryAfterSeconds(request.clientAddress)) ?? null;
    if (waitSeconds !== null) return sendRateLimited(reply, 429, tooManyRefused, waitSeconds);
    const cookie = cookies.login.in(request);
    if (cookie === null) return problem(request, reply, consoleUrl, 'failed');
    if (underWay >= maxSignInsUnderWay) {
      // The cookie and the code stay valid, so that loading the page again completes the sign-in. The browser does so by
      // itself, for as long as the code lasts: strangers, who can take all places, cannot keep them by waiting.
      reply.header('refresh', `${retryAfterSeconds}`);
      telemetry.workRefused('concurrentOperations');
      return sendRateLimited(reply, 503, tooManySignIns, retryAfterSeconds);
    }
    underWay++;
    try {
      return await redeem(request, reply, { consoleUrl, cookie }, options);
    } catch (error) {
      // The code may have been used up.
      cookies.login.clear(reply);
      if (!isUpstreamError(error)) throw error;
      telemetry.requestFailed(error, request);
      return problem(request, reply, consoleUrl, 'unavailable');
    } finally {
      underWay--;
    }
  };
}

async function redeem(
  request: FastifyRequest,
  reply: FastifyReply,
  { consoleUrl, cookie }: { readonly consoleUrl: string; readonly cookie: string },
  { cookies, signIn, telemetry, guesses, turns }: SignInRoutesOptions,
): Promise<FastifyReply> {
  await turns.next('usersBegin', lineOfSignIns, unitsOfSignIn);
  const [, parameters = ''] = request.originalUrl.split(/\?(.*)/s);
  const completed = await signIn.complete(new URL(`${consoleUrl}/callback?${parameters}`), cookie);
  // Cleared, because a sign-in has one answer.
  if (completed.kind !== 'unasked') cookies.login.clear(reply);
  if (completed.kind === 'signedIn') {
    cookies.session.set(reply, completed.cookie);
    return reply.redirect(`${consoleUrl}/`, 303);
  }
  const isGenuine = completed.kind === 'refused';
  const check = isGenuine ? completed.check : 'console callback';
  telemetry.credentialsRefused({ check, claimed: null, isGenuine }, request);
  // A foreign page that sends a browser here without a sign-in under way must not lock out its person.
  if (completed.kind === 'failed') await guesses?.count(request.clientAddress);
  return problem(request, reply, consoleUrl, isGenuine ? 'refused' : 'failed');
}

/** Ends the session at FusionAuth, and sends the browser there to end its sign-in, too. */
function signOut({ address, cookies, sessions, telemetry, logoutUrl, endSession }: SignInRoutesOptions): Handler {
  return async (request, reply) => {
    const consoleUrl = consoleUrlFor(address, request);
    if (consoleUrl === null || !isFromOwnPages(request, consoleUrl)) {
      return sendError(reply, 403, 'FORBIDDEN', 'Sign out from the console itself.');
    }
    const cookie = cookies.session.in(request);
    cookies.session.clear(reply);
    try {
      const caller = cookie === null ? null : await callerOf(cookie, sessions);
      if (caller !== null) await endSession(caller, request);
    } catch (error) {
      telemetry.requestFailed(error, request);
      // The browser is signed out in any case. While FusionAuth is away, its page is of no use.
      if (isUpstreamError(error)) return problem(request, reply, consoleUrl, 'unavailable');
    }
    return reply.redirect(logoutUrl(`${consoleUrl}/`).href, 303);
  };
}

async function callerOf(cookie: string, sessions: ConsoleSessions): Promise<Caller | null> {
  const { authentication } = await sessions.authenticate(cookie, false);
  return authentication.kind === 'caller' ? authentication.caller : null;
}

function problem(request: FastifyRequest, reply: FastifyReply, consoleUrl: string, kind: SignInProblem): FastifyReply {
  return reply.redirect(`${consoleUrl}/?sign-in=${kind}&request=${encodeURIComponent(request.id)}`, 303);
}

const otherName = 'The console is not at this address: open it by the name that its operator gives, such as 127.0.0.1.';
const tooManyRefused = 'Too many sign-ins from this address failed. Try again later.';
const tooManySignIns = 'Too many people are signing in at this moment. This page tries again by itself.';
