import { bearerTokenIn } from '../tokens/bearer.js';
import type { Guard } from './guard.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** The part of a request that the middleware needs: of Express, Connect or `node:http`. */
export interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/** The part of a response that the middleware needs. */
export interface GuardedResponse {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/**
 * Middleware for Express, Connect, and servers of `node:http`, that answers requests whose token is refused: 401 or
 * 503. Handlers find the token that was accepted with `acceptedToken(request)`.
 *
 * @example
 *
 * ```ts
 * app.use(expressGuard(guard));
 * app.get('/orders', (request, response) => response.json(ordersOf(acceptedToken(request).userId)));
 * ```
 */
export function expressGuard(
  guard: Pick<Guard, 'check'>,
): (request: GuardedRequest, response: GuardedResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    // The check never rejects. Errors of the next handler are not for this middleware to catch.
    void guard.check(bearerTokenIn(request.headers.authorization)).then((decision) => {
      if (decision.ok) {
        rememberAccepted(request, decision);
        return next();
      }
      // Somebody else has answered meanwhile, for example a middleware that bounds the time.
      if (response.headersSent) return;
      const { status, headers, body } = answerTo(decision);
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(body);
    });
  };
}
