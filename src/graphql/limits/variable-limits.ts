import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { InvalidInputError } from '../../domain/errors.js';
import { messageWithoutSuggestion } from './suggestions.js';

/**
 * The most members of one input object. No input of the schema has half as many, and graphql-js compares each unknown
 * member with all known ones.
 */
const maxMembers = 50;

/** Levels of lists and objects in one variable; the deepest input of the schema has four. */
const maxVariableDepth = 10;

/**
 * Checks the variables of a request before they are used. The limit of the body bounds their size.
 * @returns the fault, naming the place, or null.
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
  const members = Object.entries(value);
  if (!Array.isArray(value) && members.length > maxMembers) {
    return new InvalidInputError(
      path,
      `The variable ${path.join('.')} has ${members.length} members; an input has at most ${maxMembers}.`,
    );
  }
  for (const [member, inner] of members) {
    const problem = typeof inner === 'object' ? problemIn(inner, [...path, member], maxListItems) : null;
    if (problem !== null) return problem;
  }
  return null;
}

/** The most characters of a value that a message quotes. */
const maxQuotedCharacters = 300;

/**
 * The first fault of the variables by the types that an operation declares. The value in its message is cut, because
 * graphql-js quotes the whole value around the fault.
 * @param introspection Whether the caller may read the schema, and the message suggest names of it.
 */
export function variablesProblem(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  introspection: boolean,
): InvalidInputError | null {
  const { errors } = getVariableValues(schema, variableDefinitions, variables, { maxErrors: 1 });
  const [error] = errors ?? [];
  if (error === undefined) return null;
  const [, name = ''] = /^Variable "\$(\w+)"/.exec(error.message) ?? [];
  const message = introspection ? error.message : messageWithoutSuggestion(error.message);
  return new InvalidInputError([name.slice(0, maxQuotedCharacters)], cut(message));
}

function cut(message: string): string {
  if (message.length <= 2 * maxQuotedCharacters) return message;
  return `${message.slice(0, maxQuotedCharacters)} … ${message.slice(-maxQuotedCharacters)}`;
}
