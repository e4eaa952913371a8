/** How many causes are followed, and how many characters are told. */
const maxCauses = 5;
const maxCharacters = 300;

/**
 * Why something failed, for people: the message of the innermost cause, because `fetch` says only that it failed and
 * keeps the reason in its cause. The code where there is no message, as when each address of a host refused.
 */
export function reasonOf(error: unknown): string {
  let reason = 'unknown';
  let cause: unknown = error;
  for (let count = 0; count < maxCauses && cause instanceof Error; count++) {
    reason = cause.message || ('code' in cause && typeof cause.code === 'string' ? cause.code : reason);
    cause = cause.cause;
  }
  return reason.trim().slice(0, maxCharacters);
}
