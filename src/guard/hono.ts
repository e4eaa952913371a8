import type { AcceptedToken } from './decision.js';
import { checkRequest, type FetchGuardOptions } from './fetch.js';
import type { Guard } from './guard-interface.js';

/** The parts of a Hono context that the guard uses. */
export interface GuardedContext {
  readonly req: { readonly raw: Request };
  set(key: 'token', token: AcceptedToken): void;
}

/** For `new Hono<GuardedEnvironment>()`: the variables that the guard sets in the context. */
export interface GuardedEnvironment {
  Variables: {
    /** The accepted token. */
    token: AcceptedToken;
  };
}

/**
 * Middleware for Hono, which answers refused requests with 401 or 503. Handlers get the accepted token by
 * `context.get('token')`.
 *
 * @example
 *
 * ```ts
 * const app = new Hono<GuardedEnvironment>();
 * app.use(honoGuard(guard));
 * app.get('/orders', async (context) => context.json(await ordersOf(context.get('token').userId)));
 * ```
 */
export function honoGuard(
  guard: Pick<Guard, 'check'>,
  options: FetchGuardOptions = {},
): (context: GuardedContext, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const checked = await checkRequest(guard, context.req.raw, options);
    if (checked instanceof Response) return checked;
    context.set('token', checked);
    await next();
    return undefined;
  };
}
