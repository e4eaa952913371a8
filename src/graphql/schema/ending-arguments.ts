import { Arg } from 'type-graphql';

// What every mutation has that ends sessions.

export const commentDescription =
  'For the audit record, at most 512 characters. Never shown to the user. Required where viewer.commentRequired, but for sessions of the caller.';

export const CommentArg = Arg('comment', () => String, { nullable: true, description: commentDescription });

export const DryRunArg = Arg('dryRun', () => Boolean, {
  defaultValue: false,
  description: 'Show what would be done, and do nothing.',
});
