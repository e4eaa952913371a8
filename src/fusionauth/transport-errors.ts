import { parseRetryAfter } from '../domain/retry-after.js';
import { errorCodes } from './answer-details.js';
import { type CallFailure, FusionAuthCallError } from './call-error.js';
import { connectionFailure, neverSent } from './connection-failure.js';
import type { Answer } from './exchange.js';
import type { UpstreamCall } from './telemetry.js';
import type { TransportRequest } from './transport-call.js';

export function outcomeOf(failure: CallFailure): Pick<UpstreamCall, 'statusCode' | 'failure'> {
  return { statusCode: failure.kind === 'status' ? failure.statusCode : null, failure: failure.kind };
}

export function callError(
  request: TransportRequest,
  failure: CallFailure,
  mayHaveBeenDone: boolean,
): FusionAuthCallError {
  return new FusionAuthCallError(nameOf(request), failure, mayHaveBeenDone);
}

export function unanswered(
  request: TransportRequest,
  cause: unknown,
  isGivenUp: boolean,
  mayHaveBeenDone: boolean,
): FusionAuthCallError {
  const failure: CallFailure = isGivenUp ? { kind: 'abandoned' } : connectionFailure(cause);
  return new FusionAuthCallError(nameOf(request), failure, mayHaveBeenDone || !neverSent(cause), { cause });
}

export function refusedBy(
  { statusCode, contentType, retryAfter, text }: Answer,
  request: TransportRequest,
  { isFusionAuths, mayHaveBeenDone }: { readonly isFusionAuths: boolean; readonly mayHaveBeenDone: boolean },
): FusionAuthCallError {
  const failure = {
    kind: 'status',
    statusCode,
    isFusionAuths,
    hasBody: text.trim() !== '',
    retryAfterSeconds: parseRetryAfter(retryAfter, Date.now()),
    codes: errorCodes(text, contentType),
  } as const;
  // Some gateways say 408 of a FusionAuth that has taken the request and is slow.
  return callError(request, failure, mayHaveBeenDone || statusCode === 408 || statusCode >= 500);
}

function nameOf(request: TransportRequest): string {
  return `${request.method} ${request.path.split('?', 1)[0]}`;
}
