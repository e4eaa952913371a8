import { bearerTokenIn } from '../tokens/bearer.js';
import type { RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** As much of a Fastify request as is needed. */
export interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/** As much of a Fastify reply as is needed. */
export interface GuardedReply {
  code(status: number): unknown;
  headers(values: Readonly<Record<string, string>>): unknown;
  send(body: string): unknown;
}

export interface FastifyGuardOptions {
  /** Called with each request whose token is refused, and waited for before it is answered. */
  readonly onRefused?: ((refusal: RefusedToken, request: GuardedRequest) => unknown) | undefined;
}

/**
 * An `onRequest` hook for Fastify that answers requests whose token is refused: 401 or 503. Handlers find the token that
 * was accepted with `acceptedToken(request)`.
 *
 * @example
 *
 * ```ts
 * app.addHook('onRequest', fastifyGuard(guard));
 * app.get('/orders', async (request) => ordersOf(acceptedToken(request).userId));
 * ```
 */
export function fastifyGuard(
  guard: Pick<Guard, 'check'>,
  { onRefused }: FastifyGuardOptions = {},
): (request: GuardedRequest, reply: GuardedReply) => Promise<unknown> {
  return async (request, reply) => {
    const decision = await guard.check(bearerTokenIn(request.headers.authorization));
    if (decision.ok) {
      rememberAccepted(request, decision);
      return undefined;
    }
    await onRefused?.(decision, request);
    const { status, headers, body } = answerTo(decision);
    reply.code(status);
    reply.headers(headers);
    // Returned, so that Fastify knows of the answer although other hooks may hold it up: nothing else runs then.
    return reply.send(body);
  };
}

/** As much of a Fastify instance as is needed. */
export interface GuardedApp {
  addHook(name: 'onRequest', hook: ReturnType<typeof fastifyGuard>): unknown;
  addHook(name: 'onClose', hook: () => Promise<void>): unknown;
}

/**
 * A plugin for Fastify that guards every route of the instance that registers it, and closes the guard with the app.
 *
 * @example
 *
 * ```ts
 * await app.register(guardPlugin(guard));
 * ```
 */
export function guardPlugin(
  guard: Pick<Guard, 'check' | 'close'>,
  options: FastifyGuardOptions = {},
): (app: GuardedApp) => Promise<void> {
  const plugin = async (app: GuardedApp) => {
    app.addHook('onRequest', fastifyGuard(guard, options));
    app.addHook('onClose', () => guard.close());
  };
  // The routes of the parent are to be guarded, not those of a child of its own.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
