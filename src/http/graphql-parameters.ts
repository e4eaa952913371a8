import type { FastifyRequest } from 'fastify';
import { notAcceptedJson } from './errors.js';
import { parametersOf } from './query-parameters.js';

/** The parameters of a GET request that count as absent when they are empty. */
const mayBeEmpty = ['operationName', 'variables', 'extensions'];

export type Parameters = Readonly<Record<string, unknown>>;

type GivenParameters =
  | { readonly kind: 'given'; readonly given: Parameters }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * The parameters of an operation as they came: in the target of a GET request, otherwise in the body. A repeated
 * parameter is refused, because readers could take different values.
 */
export function givenIn(request: FastifyRequest): GivenParameters {
  const { method, body } = request;
  if (method !== 'GET') return { kind: 'given', given: { ...Object(bodyWithoutEmpty(body)) } };
  const parameters = parametersOf(request);
  if (new Set(parameters.keys()).size !== parameters.size) {
    return { kind: 'problem', problem: 'Give each parameter of the query string once.' };
  }
  const given = withoutEmpty(parameters);
  const refused = mayBeNull.find((name) => !isAcceptedJson(request, given.get(name)));
  return refused === undefined
    ? { kind: 'given', given: Object.fromEntries(given) }
    : { kind: 'problem', problem: notAcceptedJson(`The parameter ${refused}`) };
}

/** Whether the parser of bodies accepts it: the same rules hold for parameters. */
function isAcceptedJson(request: FastifyRequest, text: string | null): boolean {
  if (text === null) return true;
  let isAccepted = false;
  // Calls back before it returns.
  void request.server.getDefaultJsonParser('error', 'error')(request, text, (error) => {
    isAccepted = error === null;
  });
  return isAccepted;
}

/** The parameters with JSON, for which null counts as absent, as it does in a body. */
const mayBeNull = ['variables', 'extensions'];

/** Drops parameters that count as absent: clients with a fixed form send `variables=` or `variables=null`. */
function withoutEmpty(parameters: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(parameters);
  for (const name of mayBeEmpty) rest.delete(name, '');
  for (const name of mayBeNull) rest.delete(name, 'null');
  return rest;
}

/** Drops an empty operation name, which Go clients send for none. */
export function bodyWithoutEmpty(body: FastifyRequest['body']): unknown {
  if (typeof body !== 'object' || body === null || !('operationName' in body) || body.operationName !== '') return body;
  const { operationName: _empty, ...rest } = body;
  return rest;
}
