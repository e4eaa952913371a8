import { bearerTokenIn } from '../tokens/bearer.js';
import type { RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** The parts of a Koa context that the guard uses. */
export interface GuardedContext {
  readonly headers: { readonly authorization?: string | undefined };
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
}

export interface KoaGuardOptions {
  /** Called with each refused request, and waited for before the answer. */
  readonly onRefused?: ((refusal: RefusedToken, context: GuardedContext) => unknown) | undefined;
}

/**
 * Middleware for Koa, which answers refused requests with 401 or 503. Handlers get the accepted token by
 * `acceptedToken(context)`.
 *
 * @example
 *
 * ```ts
 * app.use(koaGuard(guard));
 * app.use(async (context) => {
 *   context.body = await ordersOf(acceptedToken(context).userId);
 * });
 * ```
 */
export function koaGuard(
  guard: Pick<Guard, 'check'>,
  { onRefused }: KoaGuardOptions = {},
): (context: GuardedContext, next: () => Promise<unknown>) => Promise<void> {
  return async (context, next) => {
    const decision = await guard.check(bearerTokenIn(context.headers.authorization));
    if (decision.ok) {
      rememberAccepted(context, decision);
      await next();
      return;
    }
    await onRefused?.(decision, context);
    const { status, headers, body } = answerTo(decision);
    context.status = status;
    context.set({ ...headers });
    context.body = body;
  };
}
