/** Ends a switch over a union. The compiler rejects the call while a case is missing. */
export function unreachable(value: never): never {
  throw new TypeError(`Unreachable case: ${JSON.stringify(value)}`);
}
