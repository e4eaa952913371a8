import { bearerTokenIn } from '../tokens/bearer.js';
import type { AcceptedToken, RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** The parts of a web request that the guard uses. */
export interface GuardedFetchRequest {
  readonly headers: { get(name: string): string | null };
}

export interface FetchGuardOptions {
  /**
   * Called with each refused request, and waited for. A `Response` that it returns is sent in place of the usual one;
   * any other value is ignored.
   */
  readonly onRefused?:
    | ((refusal: RefusedToken, request: GuardedFetchRequest) => OwnAnswer | Promise<OwnAnswer>)
    | undefined;
}

type OwnAnswer = Response | undefined;

/**
 * Decides about a request of the web platform: for Hono, Next.js, Remix, SvelteKit and other servers of `fetch`.
 * Resolves to the accepted token, or to the response to send: 401 or 503. Rejects only when `onRefused` throws.
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
  // Only the platform's class counts, because callers tell a refusal from a token by it.
  const own: unknown = await onRefused?.(decision, request);
  if (own instanceof Response) return own;
  const { status, headers, body } = answerTo(decision);
  return new Response(body, { status, headers });
}

/**
 * A `fetch` handler that answers refused requests, and passes all others to yours, with the token. Further arguments of
 * the platform are passed on.
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
