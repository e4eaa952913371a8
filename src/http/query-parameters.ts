import type { FastifyRequest } from 'fastify';

/**
 * Parses the part of a target behind `?`. Every reader of parameters uses its result.
 * @see https://fastify.dev/docs/latest/Reference/Server/#querystringparser
 */
export function parseParameters(text: string): { readonly [key: string]: unknown } {
  return { parameters: new URLSearchParams(text) };
}

/** The parameters that `parseParameters` has found in the target of a request. */
export function parametersOf({ query }: FastifyRequest): URLSearchParams {
  if (typeof query === 'object' && query !== null && 'parameters' in query) {
    const { parameters } = query;
    if (parameters instanceof URLSearchParams) return parameters;
  }
  throw new TypeError('The HTTP server has another parser of parameters');
}
