/** Ends a union: does not compile when a case is missing, and throws when a value of no case arrives after all. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
