import { bearerTokenIn } from '../tokens/bearer.js';
import type { RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** As much of a request as is needed: one of Express, Connect or `node:http`. */
export interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/** As much of a response as is needed. */
export interface GuardedResponse {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

export interface ExpressGuardOptions {
  /** Called with each request whose token is refused, and waited for before it is answered. What it throws goes to `next`. */
  readonly onRefused?: ((refusal: RefusedToken, request: GuardedRequest) => unknown) | undefined;
}

/**
 * Middleware for Express, Connect, and servers of `node:http`, that answers requests whose token is refused: 401 or 503.
 * Handlers find the token that was accepted with `acceptedToken(request)`. It is for NestJS on Express, too: `app.use(...)`
 * before `app.listen`. Close the guard when the server has closed, so that the process can end.
 *
 * @example
 *
 * ```ts
 * app.use(expressGuard(guard));
 * app.get('/orders', (request, response) => response.json(ordersOf(acceptedToken(request).userId)));
 * app.listen(3000).on('close', () => guard.close());
 * ```
 */
export function expressGuard(
  guard: Pick<Guard, 'check'>,
  { onRefused }: ExpressGuardOptions = {},
): (request: GuardedRequest, response: GuardedResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    // It never rejects. What the next handler throws is not for this one to catch.
    void guard.check(bearerTokenIn(request.headers.authorization)).then(async (decision) => {
      if (decision.ok) {
        rememberAccepted(request, decision);
        return next();
      }
      try {
        await onRefused?.(decision, request);
      } catch (error) {
        return next(error);
      }
      // Somebody else has answered in the meantime, such as a middleware that bounds the time.
      if (response.headersSent) return;
      const { status, headers, body } = answerTo(decision);
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(body);
    });
  };
}
