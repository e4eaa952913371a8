import Negotiator from 'negotiator';

const json = 'application/json; charset=utf-8';
const graphQLResponse = 'application/graphql-response+json; charset=utf-8';

/** Clients name a handful. Reading thousands would take longer than the rest of a refusal. */
const maxMediaTypes = 64;

/**
 * The media type of an answer, by the `Accept` header of its request. Apollo Server chooses by the same library among
 * the same types, so a refusal before GraphQL has the type of GraphQL's answers. Clients that ask for
 * `application/graphql-response+json` read code and message of an error only from that type.
 * Only the first 64 media types of a header are read.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
 */
export function responseMediaType(accept: string | undefined): string {
  if (accept === undefined || accept === '') return json;
  const first = accept.split(',', maxMediaTypes).join(',');
  return new Negotiator({ headers: { accept: first } }).mediaType([json, graphQLResponse]) ?? json;
}
