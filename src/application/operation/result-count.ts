import { InvalidInputError } from '../../domain/errors.js';

/** The most sessions in one answer, over all lists of it: aliases and nesting repeat them without any further call. */
const maxSessionsInAnswer = 100_000;

/** A counter for one operation. */
export function createResultCount(): (sessions: number) => void {
  let counted = 0;
  return (sessions) => {
    counted += sessions;
    if (counted <= maxSessionsInAnswer) return;
    throw new InvalidInputError(
      ['sessions'],
      `The answer would hold more than ${maxSessionsInAnswer} sessions. Ask for fewer users or lists, or for pages.`,
    );
  };
}
