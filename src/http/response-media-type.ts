import Negotiator from 'negotiator';

const json = 'application/json; charset=utf-8';
const graphQLResponse = 'application/graphql-response+json; charset=utf-8';

/**
 * The media type of an answer, by the `Accept` header of its request. Apollo Server chooses with the same library among
 * the same types, so that a refusal before GraphQL comes as the answers of GraphQL do: clients that ask for
 * `application/graphql-response+json` read code and message of an error from nothing else.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
 */
export function responseMediaType(accept: string | undefined): string {
  if (accept === undefined || accept === '') return json;
  return new Negotiator({ headers: { accept } }).mediaType([json, graphQLResponse]) ?? json;
}
