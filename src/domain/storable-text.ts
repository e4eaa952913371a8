/**
 * A text as every store can keep it: PostgreSQL has no NUL and no half of a surrogate pair, which JSON and GraphQL let
 * callers send. Either becomes U+FFFD, so that a note that is odd never keeps a session from being ended or published.
 */
export function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
}
