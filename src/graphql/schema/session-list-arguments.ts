import { Arg, Int } from 'type-graphql';
import { SessionFilterInput, SessionOrderInput } from './session.inputs.js';
import { defaultPageSize, maxPageSize } from './session-connection.type.js';

// Decorators of the arguments that lists of sessions, and their pages, have in common. A class of arguments would
// reverse their order in the schema.

export const FilterArg = Arg('filter', () => SessionFilterInput, {
  nullable: true,
  description: 'Which of them. Default: the live ones.',
});

export const OrderByArg = Arg('orderBy', () => SessionOrderInput, {
  nullable: true,
  description: 'Their order. Default: newest first.',
});

export const FirstArg = Arg('first', () => Int, {
  nullable: true,
  description: `How many the page holds, 1 to ${maxPageSize}, from its beginning. Default: ${defaultPageSize}. Not together with last.`,
});

export const AfterArg = Arg('after', () => String, {
  nullable: true,
  description: 'The cursor of the edge before the page. Default: the first page.',
});

export const LastArg = Arg('last', () => Int, {
  nullable: true,
  description: `The same from its end: the last ones before \`before\`, 1 to ${maxPageSize}. Default: pages go forwards.`,
});

export const BeforeArg = Arg('before', () => String, {
  nullable: true,
  description: 'The cursor of the edge behind the page. Default: up to the last session.',
});
