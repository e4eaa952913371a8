import type { z } from 'zod';
import type { environment } from './environment.js';

/** The limits of requests. Each name has its unit; the environment variables have the same names in capitals. */
export interface Limits {
  readonly maxQueryCharacters: number;
  readonly maxQueryTokens: number;
  readonly maxQueryDepth: number;
  readonly maxQueryAliases: number;
  readonly maxQueryDirectives: number;
  readonly maxRootFields: number;
  readonly maxQueryFields: number;
  readonly maxSelectionFields: number;
  readonly maxListItems: number;
  /** In calls to FusionAuth. */
  readonly maxOperationCost: number;
  /** In units of work: fields of objects answered, sessions and entries looked at. */
  readonly maxOperationWork: number;
  /** The same for users who may see nobody's sessions but their own. */
  readonly maxUserOperationWork: number;
  /** Bytes of an answer. */
  readonly maxResponseBytes: number;
  readonly operationTimeoutMs: number;
  readonly maxConcurrentOperations: number;
  /** The share of simultaneous operations, and of subscriptions, that is reserved for services, in percent. */
  readonly serviceReservePercent: number;
  readonly rateLimit: {
    readonly intervalSeconds: number;
    /**
     * The points that a service may spend in an interval. A point is a call to FusionAuth, or a request that causes
     * none.
     */
    readonly servicePoints: number;
    /** The points that a user may spend in an interval. */
    readonly userPoints: number;
  };
}

type Values = z.output<typeof environment>;

export function limitsOf(values: Values): Limits {
  return {
    maxQueryCharacters: values.MAX_QUERY_CHARACTERS,
    maxQueryTokens: values.MAX_QUERY_TOKENS,
    maxQueryDepth: values.MAX_QUERY_DEPTH,
    maxQueryAliases: values.MAX_QUERY_ALIASES,
    maxQueryDirectives: values.MAX_QUERY_DIRECTIVES,
    maxRootFields: values.MAX_ROOT_FIELDS,
    maxQueryFields: values.MAX_QUERY_FIELDS,
    maxSelectionFields: values.MAX_SELECTION_FIELDS,
    maxListItems: values.MAX_LIST_ITEMS,
    maxOperationCost: values.MAX_OPERATION_COST,
    maxOperationWork: values.MAX_OPERATION_WORK,
    maxUserOperationWork: values.MAX_USER_OPERATION_WORK,
    maxResponseBytes: values.MAX_RESPONSE_BYTES,
    operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
    maxConcurrentOperations: values.MAX_CONCURRENT_OPERATIONS,
    serviceReservePercent: values.SERVICE_RESERVE_PERCENT,
    rateLimit: {
      intervalSeconds: values.RATE_LIMIT_INTERVAL_SECONDS,
      servicePoints: values.RATE_LIMIT_POINTS,
      userPoints: values.RATE_LIMIT_USER_POINTS,
    },
  };
}

/** Limits under which an operation would be refused for ever, although another limit allows it. */
export function limitContradictoryValues(values: Values): readonly string[] {
  return (['RATE_LIMIT_POINTS', 'RATE_LIMIT_USER_POINTS'] as const)
    .filter((name) => values[name] < values.MAX_OPERATION_COST)
    .map((name) => `${name}: must be at least MAX_OPERATION_COST, which is ${values.MAX_OPERATION_COST}`);
}
