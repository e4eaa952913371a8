import type { FastifyRequest } from 'fastify';
import { parametersOf } from './query-parameters.js';

/** The parameters of a GET request that mean nothing when they are empty. */
const mayBeEmpty = ['operationName', 'variables', 'extensions'];

export type Parameters = Readonly<Record<string, unknown>>;

/**
 * The parameters of an operation as they came, in the target of a GET request and else in the body; empty where there
 * are none. A parameter that is given twice is refused, because readers could take different values.
 */
export function givenIn(request: FastifyRequest): { readonly given: Parameters } | { readonly repeated: string } {
  const { method, body } = request;
  if (method !== 'GET') return { given: { ...Object(bodyWithoutEmpty(body)) } };
  const parameters = parametersOf(request);
  return new Set(parameters.keys()).size === parameters.size
    ? { given: Object.fromEntries(withoutEmpty(parameters)) }
    : { repeated: 'Give each parameter of the query string once.' };
}

/** Those of them that hold JSON, in which null means nothing either, as it does in a body. */
const mayBeNull = ['variables', 'extensions'];

/**
 * The parameters of a GET request without those that mean nothing: clients that fill in a fixed form send `variables=`,
 * or `variables=null`.
 */
function withoutEmpty(parameters: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(parameters);
  for (const name of mayBeEmpty) rest.delete(name, '');
  for (const name of mayBeNull) rest.delete(name, 'null');
  return rest;
}

/** A body without an operation name that is empty, as clients in Go send it where they mean none. */
export function bodyWithoutEmpty(body: FastifyRequest['body']): unknown {
  if (typeof body !== 'object' || body === null || !('operationName' in body) || body.operationName !== '') return body;
  const { operationName: _empty, ...rest } = body;
  return rest;
}
