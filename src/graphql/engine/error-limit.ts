/**
 * The most errors in one answer. A look-up that fails for each of many sessions fails for one reason, which a few
 * errors show.
 */
const maxErrorsInAnswer = 20;

/** The first errors, and how many more there are. */
export function limitErrors<One>(errors: readonly One[]): {
  readonly errors: readonly One[];
  readonly omitted: number;
} {
  return { errors: errors.slice(0, maxErrorsInAnswer), omitted: Math.max(0, errors.length - maxErrorsInAnswer) };
}
