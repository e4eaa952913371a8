import { InvalidInputError } from '../../domain/errors.js';

/** Levels of lists and objects in one variable; the deepest input of the schema has four. */
const maxVariableDepth = 10;

/**
 * Looks at the variables of a request before anything is made of them. Their size is bounded by that of the body.
 * @returns what is wrong, naming the place, or null.
 */
export function checkVariables(
  variables: Readonly<Record<string, unknown>>,
  maxListItems: number,
): InvalidInputError | null {
  for (const [name, value] of Object.entries(variables)) {
    const problem = problemIn(value, [name], maxListItems);
    if (problem !== null) return problem;
  }
  return null;
}

function problemIn(value: unknown, path: readonly string[], maxListItems: number): InvalidInputError | null {
  if (typeof value !== 'object' || value === null) return null;
  if (path.length > maxVariableDepth) {
    const [name = ''] = path;
    return new InvalidInputError(
      [name],
      `The variable ${name} is nested more than ${maxVariableDepth} levels deep; no argument needs that.`,
    );
  }
  if (Array.isArray(value) && value.length > maxListItems) {
    return new InvalidInputError(
      path,
      `The variable ${path.join('.')} holds ${value.length} values; a list may hold at most ${maxListItems}.`,
    );
  }
  for (const [member, inner] of Object.entries(value)) {
    const problem = typeof inner === 'object' ? problemIn(inner, [...path, member], maxListItems) : null;
    if (problem !== null) return problem;
  }
  return null;
}
