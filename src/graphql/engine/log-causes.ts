import type { GraphQLRequestContext } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLError } from 'graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { callerHasGone } from '../../application/operation/operation-time.js';
import { UpstreamTimeoutError } from '../../domain/errors.js';
import type { GraphQLTelemetry } from '../telemetry.js';
import { isOperatorsConcern } from './errors.js';

type RequestContext = Pick<GraphQLRequestContext<OperationScope>, 'contextValue' | 'operationName'>;

/** How many different causes of one request are logged; a last line says how many more there are. */
const maxCauses = 10;

/**
 * Logs the causes of errors that callers see masked, each once: a look-up that fails for every session of a list is one
 * line with the number of fields that it failed, and the path of the first.
 */
export function logCauses(
  telemetry: Pick<GraphQLTelemetry, 'operationFailed' | 'operationFailedForMoreCauses'>,
  { contextValue, operationName }: RequestContext,
  errors: readonly GraphQLError[],
): void {
  const { requestId } = contextValue;
  const causes = new Map<string, { readonly err: unknown; readonly path: GraphQLError['path']; count: number }>();
  for (const error of errors) {
    if (!isOperatorsConcern(error) || isOfAbandoned(contextValue, error)) continue;
    const err = unwrapResolverError(error);
    const text = textOf(err);
    const known = causes.get(text);
    if (known === undefined) causes.set(text, { err, path: error.path, count: 1 });
    else known.count++;
  }
  for (const { err, path, count } of [...causes.values()].slice(0, maxCauses)) {
    telemetry.operationFailed({ requestId, operationName, path, count, err });
  }
  if (causes.size > maxCauses) {
    telemetry.operationFailedForMoreCauses({ requestId, operationName, count: causes.size - maxCauses });
  }
}

/** A text that is equal for errors that look the same to an operator. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message}${error.cause === undefined ? '' : ` < ${textOf(error.cause)}`}`;
}

/** Whether a read was given up because its caller has gone. Failures of mutations are always logged. */
function isOfAbandoned({ time }: OperationScope, error: GraphQLError): boolean {
  return time.signal.reason === callerHasGone && unwrapResolverError(error) instanceof UpstreamTimeoutError;
}
