import type { FastifyRequest } from 'fastify';

/** The parameters of a GET request that mean nothing when they are empty. */
const mayBeEmpty = ['operationName', 'variables', 'extensions'];

/** The parameters of a GET request without those that are empty: clients that fill in a fixed form send `variables=`. */
export function withoutEmpty(parameters: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(parameters);
  for (const name of mayBeEmpty) rest.delete(name, '');
  return rest;
}

/** A body without an operation name that is empty, as clients in Go send it where they mean none. */
export function bodyWithoutEmpty(body: FastifyRequest['body']): unknown {
  if (typeof body !== 'object' || body === null || !('operationName' in body) || body.operationName !== '') return body;
  const { operationName: _empty, ...rest } = body;
  return rest;
}
