import { Arg } from 'type-graphql';

// Arguments that every mutation that ends sessions has.

export const commentDescription =
  'For the audit record, at most 512 characters. Never shown to the user. Required when viewer.commentRequired is true, except for sessions of the caller.';

export const CommentArg = Arg('comment', () => String, { nullable: true, description: commentDescription });

export const DryRunArg = Arg('dryRun', () => Boolean, {
  defaultValue: false,
  description: 'True to report what the call would do, and do nothing.',
});
