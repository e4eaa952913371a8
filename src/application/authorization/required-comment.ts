import type { Caller } from '../../domain/caller.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';

export interface CommentPorts {
  /** Whether people who end sessions of others have to give a comment. */
  readonly commentRequired: boolean;
}

/**
 * Where the operator wants it so, people say why they end sessions of others: a reason from a list does not say which
 * ticket it was. Services speak for themselves by their name, and nobody owes a word on sessions of their own.
 * @throws InvalidInputError that names the argument.
 */
export function requireComment(
  { commentRequired }: CommentPorts,
  caller: Caller,
  comment: string | null,
  owners: readonly UserId[],
  argument: readonly string[],
): void {
  if (!mustComment(commentRequired, caller) || (comment ?? '').trim() !== '') return;
  if (caller.kind === 'user' && owners.every((owner) => owner === caller.userId)) return;
  throw new InvalidInputError(
    argument,
    `${argument.join('.')} is required of people who end sessions of others: say why, such as by the number of a ticket.`,
  );
}

/** Whether a caller is one whom the requirement is about. */
export function mustComment(commentRequired: boolean, { kind }: Caller): boolean {
  return commentRequired && kind === 'user';
}
