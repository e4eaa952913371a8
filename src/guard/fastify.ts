import { bearerTokenIn } from '../tokens/bearer.js';
import type { RefusedToken } from './decision.js';
import type { Guard } from './guard-interface.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** The parts of a Fastify request that the guard uses. */
export interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/** The parts of a Fastify reply that the guard uses. */
export interface GuardedReply {
  code(status: number): unknown;
  headers(values: Readonly<Record<string, string>>): unknown;
  send(body: string): unknown;
}

export interface FastifyGuardOptions {
  /** Called with each refused request, and waited for before the answer. */
  readonly onRefused?: ((refusal: RefusedToken, request: GuardedRequest) => unknown) | undefined;
}

/**
 * An `onRequest` hook for Fastify, which answers refused requests with 401 or 503. Handlers get the accepted token by
 * `acceptedToken(request)`.
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
    // Returned, so that Fastify runs nothing else although other hooks may delay the answer.
    return reply.send(body);
  };
}

/** The parts of a Fastify instance that the guard uses. */
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
  // Guards the routes of the parent, not those of a child context.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
