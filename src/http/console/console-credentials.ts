import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleSessions } from '../../auth/console/console-sessions.js';
import type { Caller } from '../../domain/caller.js';
import type { RecogniseConsole } from '../recognise-caller.js';
import { type ConsoleAddress, consoleUrlFor, isFromOwnPages } from './console-address.js';
import type { ConsoleCookies } from './console-cookies.js';

/**
 * The header of every call of the console. The cookie alone opens nothing, and a page of another site cannot make a
 * browser send this header. Its value `background` marks the calls by which a page refreshes itself, which keep nobody
 * signed in.
 */
const consoleHeader = 'x-fusionauth-sessions-console';

/**
 * The id of the user whose name the page shows. Tabs share the cookie, so somebody else may have signed in since, in whose
 * name the page must do nothing.
 */
const personHeader = 'x-fusionauth-sessions-console-person';

/** Recognises the person at the console by the cookie; null for a request that does not come from the console. */
export function createConsoleRecognition(
  address: ConsoleAddress,
  cookies: ConsoleCookies,
  sessions: Pick<ConsoleSessions, 'authenticate'>,
): RecogniseConsole {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { [consoleHeader]: mark, [personHeader]: person } = request.headers;
    // Browsers send the cookie with every request, but only calls of the console use it.
    if (mark === undefined || request.method !== 'POST') return null;
    const consoleUrl = consoleUrlFor(address, request);
    const cookie = cookies.session.in(request);
    if (consoleUrl === null || cookie === null || !isFromOwnPages(request, consoleUrl)) return null;
    // A stream is no use by the person: it lasts, and the page reopens it.
    const isUse = mark !== 'background' && request.routeOptions.url !== '/graphql/stream';
    const { authentication, cookie: renewed } = await sessions.authenticate(cookie, isUse);
    // Also where the call is refused: the former cookie may have been used up.
    if (renewed !== null) cookies.session.set(reply, renewed);
    if (person !== undefined && authentication.kind === 'caller' && !isOf(person, authentication.caller)) {
      return { kind: 'invalid', refusal: { check: 'console person', claimed: null, isGenuine: true } };
    }
    return authentication;
  };
}

/** A header that is sent twice names nobody. */
function isOf(userId: string | readonly string[], caller: Caller): boolean {
  return caller.kind === 'user' && caller.userId === userId;
}
