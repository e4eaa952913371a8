import { bearerTokenIn } from '../tokens/bearer.js';
import type { AcceptedToken, RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** As much of a web request as is needed. */
export interface GuardedFetchRequest {
  readonly headers: { get(name: string): string | null };
}

export interface FetchGuardOptions {
  /**
   * Called with each request whose token is refused, and waited for; a `Response` that it answers is sent in place of the
   * usual one, and anything else is ignored.
   */
  readonly onRefused?:
    | ((refusal: RefusedToken, request: GuardedFetchRequest) => OwnAnswer | Promise<OwnAnswer>)
    | undefined;
}

type OwnAnswer = Response | undefined;

/**
 * Decides about a request of the web platform: for Hono, Next.js, Remix, SvelteKit and other servers of `fetch`. Answers
 * the token when it is accepted, and else the response to send: 401 or 503. Never rejects, unless `onRefused` throws.
 *
 * @example
 *
 * ```ts
 * const checked = await checkRequest(guard, request);
 * if (checked instanceof Response) return checked;
 * return Response.json(await ordersOf(checked.userId));
 * ```
 */
export async function checkRequest(
  guard: Pick<Guard, 'check'>,
  request: GuardedFetchRequest,
  { onRefused }: FetchGuardOptions = {},
): Promise<AcceptedToken | Response> {
  const decision = await guard.check(bearerTokenIn(request.headers.get('authorization') ?? undefined));
  if (decision.ok) {
    rememberAccepted(request, decision);
    return decision;
  }
  // Of the platform's class and nothing else: whoever calls this tells a refusal from a token by that.
  const own: unknown = await onRefused?.(decision, request);
  if (own instanceof Response) return own;
  const { status, headers, body } = answerTo(decision);
  return new Response(body, { status, headers });
}

/**
 * A handler of `fetch` that answers requests whose token is refused, and gives all others to yours, with the token. What
 * else the platform hands over is passed on.
 *
 * @example
 *
 * ```ts
 * export const GET = fetchGuard(guard, (request, token) => Response.json({ user: token.userId }));
 * ```
 */
export function fetchGuard<WebRequest extends GuardedFetchRequest, More extends readonly unknown[]>(
  guard: Pick<Guard, 'check'>,
  handle: (request: WebRequest, token: AcceptedToken, ...more: More) => Response | Promise<Response>,
  options: FetchGuardOptions = {},
): (request: WebRequest, ...more: More) => Promise<Response> {
  return async (request, ...more) => {
    const checked = await checkRequest(guard, request, options);
    return checked instanceof Response ? checked : handle(request, checked, ...more);
  };
}
