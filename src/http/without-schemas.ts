import type { FastifyServerOptions } from 'fastify';

/**
 * For servers whose routes have no schemas. Fastify loads two compilers for them when a server is made, used or not: a
 * twentieth of the time of a start.
 */
export const withoutSchemas: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: refuse, buildSerializer: refuse },
};

function refuse(): never {
  throw new TypeError('Routes of this service have no schemas');
}
