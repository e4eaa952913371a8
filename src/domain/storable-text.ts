/**
 * Makes a text storable. JSON and GraphQL let callers send NUL and halves of surrogate pairs, which PostgreSQL refuses.
 * Each becomes U+FFFD, so that an odd comment never keeps a session from being ended or published.
 */
export function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
}
