import Negotiator from 'negotiator';

const json = 'application/json; charset=utf-8';
const graphQLResponse = 'application/graphql-response+json; charset=utf-8';

/** Clients name a handful. Reading thousands would take longer than the rest of a request. */
const maxMediaTypes = 64;

/**
 * The media type of an answer, by the `Accept` header of its request; null where the header accepts none that there is.
 * Clients that ask for `application/graphql-response+json` read code and message of an error only from that type.
 * Only the first 64 media types of a header are read.
 * @see https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
 */
export function acceptedMediaType(accept: string | undefined): string | null {
  if (accept === undefined || accept === '') return json;
  const first = accept.split(',', maxMediaTypes).join(',');
  return new Negotiator({ headers: { accept: first } }).mediaType([json, graphQLResponse]) ?? null;
}

/** The media type of a refusal: that of GraphQL's answers. */
export function responseMediaType(accept: string | undefined): string {
  return acceptedMediaType(accept) ?? json;
}
