import { bearerTokenIn } from '../tokens/bearer.js';
import type { RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** As much of a Koa context as is needed. */
export interface GuardedContext {
  readonly headers: { readonly authorization?: string | undefined };
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
}

export interface KoaGuardOptions {
  /** Called with each request whose token is refused, and waited for before it is answered. */
  readonly onRefused?: ((refusal: RefusedToken, context: GuardedContext) => unknown) | undefined;
}

/**
 * Middleware for Koa that answers requests whose token is refused: 401 or 503. Handlers find the token that was accepted
 * with `acceptedToken(context)`.
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
