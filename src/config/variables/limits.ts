import { positive, wholeNumber } from './kinds.js';

export const documentVariables = {
  MAX_BODY_BYTES: positive(10_000_000).default(100_000).describe('Largest body of a request.'),
  MAX_QUERY_CHARACTERS: positive(1_000_000).default(20_000).describe('Characters of a document.'),
  MAX_QUERY_TOKENS: positive(100_000).default(2_000).describe('Lexical tokens of a document.'),
  MAX_QUERY_DEPTH: positive(100).default(10).describe('Levels of fields in an operation.'),
  MAX_QUERY_ALIASES: wholeNumber(0, 10_000).default(30).describe('Aliases in an operation.'),
  MAX_QUERY_DIRECTIVES: wholeNumber(0, 10_000).default(20).describe('Directives in an operation.'),
  MAX_ROOT_FIELDS: positive(1_000).default(20).describe('Queries or mutations in one operation.'),
  MAX_QUERY_FIELDS: positive(10_000)
    .default(500)
    .describe('Fields of an operation, counted as often as fragments repeat them.'),
  MAX_SELECTION_FIELDS: positive(10_000)
    .default(100)
    .describe('Fields of one selection set, counted as often as fragments repeat them.'),
  MAX_LIST_ITEMS: positive(10_000).default(1_000).describe('Values in one list of the arguments.'),
};

export const operationVariables = {
  MAX_OPERATION_COST: positive(100_000)
    .default(1_100)
    .describe('Calls to FusionAuth that one operation may be able to cause. See [cost](limits-and-cost.md#cost).'),
  MAX_OPERATION_WORK: positive(100_000_000)
    .default(500_000)
    .describe('Units of work of one operation. See [work](limits-and-cost.md#work).'),
  MAX_USER_OPERATION_WORK: positive(100_000_000)
    .default(50_000)
    .describe('Units of work of one operation of a user without permissions.'),
  MAX_RESPONSE_BYTES: positive(100_000_000).default(5_000_000).describe('Bytes of an answer.'),
  OPERATION_TIMEOUT_MS: positive(600_000).default(30_000).describe('How long an operation may go on.'),
  MAX_CONCURRENT_OPERATIONS: positive(100_000)
    .default(1_000)
    .describe(
      'Operations at the same time, or one for each 1.5 MB of the heap where that is fewer; the service answers one more with 503.',
    ),
  SERVICE_RESERVE_PERCENT: wholeNumber(0, 90)
    .default(25)
    .describe(
      'Share of `MAX_CONCURRENT_OPERATIONS` and of `MAX_SUBSCRIPTIONS` that users leave to services, so that users cannot keep guards and logins out.',
    ),
  RATE_LIMIT_POINTS: positive(100_000_000)
    .default(100_000)
    .describe('Points that a service may spend in an interval. See [rates](limits-and-cost.md#rates).'),
  RATE_LIMIT_USER_POINTS: positive(100_000_000).default(2_000).describe('Points that a user may spend in an interval.'),
  RATE_LIMIT_INTERVAL_SECONDS: positive(86_400).default(10).describe('Length of the interval.'),
};

export const subscriptionVariables = {
  MAX_SUBSCRIPTIONS: positive(100_000).default(1_000).describe('Subscriptions that are open at the same time.'),
  MAX_SERVICE_SUBSCRIPTIONS: positive(100_000).default(100).describe('Open subscriptions of one service.'),
  MAX_USER_SUBSCRIPTIONS: positive(100_000).default(10).describe('Open subscriptions of one user.'),
  MAX_SUBSCRIPTION_SECONDS: positive(604_800).default(86_400).describe('How long a subscription lasts at most.'),
  MAX_WAITING_EVENTS: positive(100_000)
    .default(1_000)
    .describe('Events that may wait for one subscriber; the service ends a stream with more.'),
  MAX_REMEMBERED_EVENTS: positive(1_000_000)
    .default(10_000)
    .describe('Events that are remembered for subscribers that come back.'),
  MAX_REMEMBERED_REVOCATIONS: positive(10_000_000)
    .default(100_000)
    .describe('Revocations, and endings, that are remembered; about 1 kB each.'),
  ENDED_SESSION_MEMORY_SECONDS: positive(31_536_000)
    .default(86_400)
    .describe('How long the service remembers why a session ended.'),
  CONFIRMATIONS_PER_SECOND: positive(10_000)
    .default(100)
    .describe(
      'Calls to FusionAuth a second that confirm that sessions live, for all guards together. See [refuse revoked tokens](../guides/refuse-revoked-tokens.md).',
    ),
  MAX_ACCESS_TOKEN_LIFETIME_SECONDS: positive(31_536_000)
    .default(86_400)
    .describe('How long access tokens live at most; used where FusionAuth does not say.'),
};
