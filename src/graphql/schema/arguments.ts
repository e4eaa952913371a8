import { InvalidInputError } from '../../domain/errors.js';
import { storableText } from '../../domain/storable-text.js';

/** The most ids one argument may hold, unless it says otherwise. */
export const maxIds = 100;

/** The longest comment, in characters (UTF-16 code units). */
const maxCommentLength = 512;

/** @throws InvalidInputError when the text is not an id. */
export function parseId<Id>(text: string, parse: (value: unknown) => Id | undefined, argument: readonly string[]): Id {
  const id = parse(text);
  if (id === undefined) {
    throw new InvalidInputError(
      argument,
      `${argument.join('.')} must be a UUID, such as 3c219e58-ed0e-4b18-ad48-f4f92793ae32.`,
    );
  }
  return id;
}

/**
 * An optional argument as a resolver gets it: undefined where the caller left it out, null where the caller sent null.
 * Both mean the same, so the functions below answer null for either, and nothing further in knows of undefined.
 */
export type Optional<Value> = Value | null | undefined;

/** @throws InvalidInputError when there is a text that is not an id. */
export function parseOptionalId<Id>(
  text: Optional<string>,
  parse: (value: unknown) => Id | undefined,
  argument: readonly string[],
): Id | null {
  return text == null ? null : parseId(text, parse, argument);
}

/** @throws InvalidInputError when the list is too long or one of the texts is not an id. */
export function parseIds<Id>(
  texts: readonly string[],
  parse: (value: unknown) => Id | undefined,
  argument: readonly string[],
  maxLength = maxIds,
): readonly Id[] {
  if (texts.length > maxLength) {
    throw new InvalidInputError(
      argument,
      `${argument.join('.')} holds ${texts.length} ids; at most ${maxLength} are accepted.`,
    );
  }
  return texts.map((text, index) => parseId(text, parse, [...argument, String(index)]));
}

/** The comment, made storable. @throws InvalidInputError when it is too long. */
export function parseComment(comment: Optional<string>, argument: readonly string[]): string | null {
  if (comment == null) return null;
  if (comment.length > maxCommentLength) {
    throw new InvalidInputError(
      argument,
      `${argument.join('.')} has ${comment.length} characters; at most ${maxCommentLength} are accepted.`,
    );
  }
  return storableText(comment);
}

const maxDeviceTypes = 100;

/** @throws InvalidInputError when the list is too long. */
export function checkDeviceTypes(
  types: Optional<readonly string[]>,
  argument: readonly string[],
): readonly string[] | null {
  if (types == null) return null;
  if (types.length > maxDeviceTypes) {
    throw new InvalidInputError(
      argument,
      `${argument.join('.')} holds ${types.length} values; at most ${maxDeviceTypes} are accepted.`,
    );
  }
  return types;
}

/** @throws InvalidInputError when the text is empty or too long. */
export function checkText(text: Optional<string>, argument: readonly string[], maxLength: number): string | null {
  if (text == null) return null;
  if (text !== '' && text.length <= maxLength) return text;
  throw new InvalidInputError(argument, `${argument.join('.')} must have 1 to ${maxLength} characters.`);
}
