const beginning = 'Did you mean ';

/** Removes what graphql-js suggests at the end of a message: names of the schema, for callers who may not read it. */
export function messageWithoutSuggestion(message: string): string {
  // No regular expression, which would try each place of a long value that repeats these words.
  const start = message.endsWith('?') ? message.lastIndexOf(beginning) : -1;
  return start < 0 ? message : message.slice(0, start).trimEnd();
}
