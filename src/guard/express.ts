import { bearerTokenIn } from '../tokens/bearer.js';
import type { RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** The parts of a request that the guard uses: one of Express, Connect or `node:http`. */
export interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/** The parts of a response that the guard uses. */
export interface GuardedResponse {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

export interface ExpressGuardOptions {
  /** Called with each refused request, and waited for before the answer. Its errors go to `next`. */
  readonly onRefused?: ((refusal: RefusedToken, request: GuardedRequest) => unknown) | undefined;
}

/**
 * Middleware for Express, Connect, and servers of `node:http`, which answers refused requests with 401 or 503. Handlers
 * get the accepted token by `acceptedToken(request)`. It works in NestJS on Express, too: `app.use(...)` before
 * `app.listen`. Close the guard when the server has closed, so that the process can end.
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
    // `check` never rejects. Errors of the next handler are not caught here.
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
      // Another middleware may have answered meanwhile, such as one that bounds the time.
      if (response.headersSent) return;
      const { status, headers, body } = answerTo(decision);
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(body);
    });
  };
}
