/** Something that a promise needs could not be prepared. Says nothing about the promise itself. */
export class PreparationError extends Error {
  override readonly name = 'PreparationError';
}
