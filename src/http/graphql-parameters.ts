import type { FastifyRequest } from 'fastify';
import { notAcceptedJson } from './errors.js';
import { parametersOf } from './query-parameters.js';

/** The parameters of a GET request that mean nothing when they are empty. */
const mayBeEmpty = ['operationName', 'variables', 'extensions'];

export type Parameters = Readonly<Record<string, unknown>>;

type GivenParameters =
  | { readonly kind: 'given'; readonly given: Parameters }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * The parameters of an operation as they came, in the target of a GET request and else in the body; empty where there
 * are none. A parameter that is given twice is refused, because readers could take different values.
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

/** Whether the parser of bodies takes it: what a body may not hold, a parameter may not either. */
function isAcceptedJson(request: FastifyRequest, text: string | null): boolean {
  if (text === null) return true;
  let isAccepted = false;
  // Answers before it returns.
  void request.server.getDefaultJsonParser('error', 'error')(request, text, (error) => {
    isAccepted = error === null;
  });
  return isAccepted;
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
