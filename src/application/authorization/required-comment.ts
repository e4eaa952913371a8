import type { Caller } from '../../domain/caller.js';
import { InvalidInputError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';

export interface CommentPorts {
  /** Whether people who end sessions of others have to give a comment. */
  readonly commentRequired: boolean;
}

/**
 * Requires a comment of people who end sessions of others, where the operator has configured that: a reason from a list
 * does not name the ticket. Services are known by their name, and nobody has to explain ending an own session.
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

/** Whether the requirement concerns this kind of caller. */
export function mustComment(commentRequired: boolean, { kind }: Caller): boolean {
  return commentRequired && kind === 'user';
}
