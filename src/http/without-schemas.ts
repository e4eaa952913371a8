import type { FastifyServerOptions } from 'fastify';

/**
 * For servers without schemas for their routes. Fastify otherwise loads two compilers for schemas, used or not, for a
 * twentieth of the time of a start.
 */
export const withoutSchemas: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: refuse, buildSerializer: refuse },
};

function refuse(): never {
  throw new TypeError('Routes of this service have no schemas');
}
