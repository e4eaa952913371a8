import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleSessions } from '../../auth/console/console-sessions.js';
import type { RecogniseConsole } from '../recognise-caller.js';
import { type ConsoleAddress, consoleUrlFor, isFromOwnPages } from './console-address.js';
import type { ConsoleCookies } from './console-cookies.js';

/**
 * Every call of the console has it, so that the cookie alone opens nothing: a page of another site can make a browser
 * send neither this header nor, without it, a request that is recognised. `background` stands for a page that keeps
 * itself up to date, which keeps nobody signed in.
 */
const consoleHeader = 'x-fusionauth-sessions-console';

/** Recognises the person at the console by the cookie; null for a request that does not come from the console. */
export function createConsoleRecognition(
  address: ConsoleAddress,
  cookies: ConsoleCookies,
  sessions: Pick<ConsoleSessions, 'authenticate'>,
): RecogniseConsole {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { [consoleHeader]: mark } = request.headers;
    // A cookie comes with every request of a browser, and only calls of the console are about it.
    if (mark === undefined || request.method !== 'POST') return null;
    const consoleUrl = consoleUrlFor(address, request);
    const cookie = cookies.session.in(request);
    if (consoleUrl === null || cookie === null || !isFromOwnPages(request, consoleUrl)) return null;
    // A stream lasts, and is opened anew by the page itself.
    const isUse = mark !== 'background' && request.routeOptions.url !== '/graphql/stream';
    const { authentication, cookie: renewed } = await sessions.authenticate(cookie, isUse);
    if (renewed !== null) cookies.session.set(reply, renewed);
    return authentication;
  };
}
