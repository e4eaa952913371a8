import type { FastifyRequest } from 'fastify';

/** The parameters of a GET request that mean nothing when they are empty. */
const mayBeEmpty = ['operationName', 'variables', 'extensions'];

/**
 * The query string of a GET request, from its question mark on, without parameters that are empty: clients that fill in
 * a fixed form send `variables=`. A request without any gets what it sent.
 */
export function searchWithoutEmpty(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return '';
  const search = url.slice(start);
  const parameters = new URLSearchParams(search);
  const empty = mayBeEmpty.filter((name) => parameters.getAll(name).includes(''));
  if (empty.length === 0) return search;
  for (const name of empty) parameters.delete(name, '');
  return `?${parameters}`;
}

/** A body without an operation name that is empty, as clients in Go send it where they mean none. */
export function bodyWithoutEmpty(body: FastifyRequest['body']): unknown {
  if (typeof body !== 'object' || body === null || !('operationName' in body) || body.operationName !== '') return body;
  const { operationName: _empty, ...rest } = body;
  return rest;
}
