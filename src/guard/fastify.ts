import { bearerTokenIn } from '../tokens/bearer.js';
import type { Guard } from './guard.js';
import { answerTo, rememberAccepted } from './http-answer.js';

export { acceptedToken } from './http-answer.js';

/** The part of a Fastify request that the hook needs. */
export interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/** The part of a Fastify reply that the hook needs. */
export interface GuardedReply {
  code(status: number): unknown;
  headers(values: Readonly<Record<string, string>>): unknown;
  send(body: string): unknown;
}

/**
 * An `onRequest` hook for Fastify that answers requests whose token is refused: 401 or 503. Handlers find the token
 * that was accepted with `acceptedToken(request)`.
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
): (request: GuardedRequest, reply: GuardedReply) => Promise<unknown> {
  return async (request, reply) => {
    const decision = await guard.check(bearerTokenIn(request.headers.authorization));
    if (decision.ok) {
      rememberAccepted(request, decision);
      return undefined;
    }
    const { status, headers, body } = answerTo(decision);
    reply.code(status);
    reply.headers(headers);
    // Returning the reply lets Fastify know of the answer although other hooks may delay it: no handler runs then.
    return reply.send(body);
  };
}
