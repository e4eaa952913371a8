import Negotiator from 'negotiator';

const json = 'application/json; charset=utf-8';
const graphQLResponse = 'application/graphql-response+json; charset=utf-8';

/** Clients name a handful; reading thousands takes longer than all else of a refusal. */
const maxMediaTypes = 64;

/**
 * The media type of an answer, by the `Accept` header of its request. Apollo Server chooses with the same library among
 * the same types, so that a refusal before GraphQL comes as the answers of GraphQL do: clients that ask for
 * `application/graphql-response+json` read code and message of an error from nothing else.
 * Of a header with more than 64 media types the rest is not looked at.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
 */
export function responseMediaType(accept: string | undefined): string {
  if (accept === undefined || accept === '') return json;
  const first = accept.split(',', maxMediaTypes).join(',');
  return new Negotiator({ headers: { accept: first } }).mediaType([json, graphQLResponse]) ?? json;
}
