/** Removes what graphql-js suggests at the end of a message: names of the schema, for callers who may not read it. */
export function messageWithoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
}
