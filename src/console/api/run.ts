import { reportAnswer, reportSignedOut } from '../state/connection.js';
import { post } from './endpoint.js';
import { ApiFailure, errorsIn, failureOf } from './failure.js';
import type { TrustedDocument } from './trusted-document.js';

/** Longer than any operation of the service takes. */
const answerTimeoutMs = 60_000;

/** With which a proxy answers for a service that is away, as while that is replaced. */
const statusesOfProxies = [502, 503, 504];

/**
 * Runs a query or a mutation.
 * @throws ApiFailure when there is no data, and an AbortError when the signal says so.
 */
export async function run<Result, Variables>(
  document: TrustedDocument<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, answerTimeoutMs);
  // Older browsers have no AbortSignal.any.
  signal?.addEventListener('abort', end);
  const call = {
    path: 'graphql',
    accept: 'application/graphql-response+json, application/json',
    document,
    variables,
    signal: ending.signal,
  };
  let response: Response;
  let answer: unknown;
  try {
    response = await post(call);
    answer = await response.json().catch(() => null);
  } catch (error) {
    signal?.throwIfAborted();
    const failure = new ApiFailure('UNREACHABLE', error instanceof Error ? error.message : `${error}`, null);
    reportAnswer(failure.code);
    throw failure;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
  const requestId = response.headers.get('x-request-id');
  const [error] = errorsIn(answer);
  if (error !== undefined || !hasData<Result>(answer)) {
    const code = statusesOfProxies.includes(response.status) ? 'UNREACHABLE' : 'UNREADABLE';
    const failure =
      error === undefined
        ? new ApiFailure(code, `The answer had status ${response.status}`, requestId)
        : failureOf(error, requestId);
    if (response.status === 401) reportSignedOut();
    reportAnswer(failure.code);
    throw failure;
  }
  reportAnswer(null);
  return answer.data;
}

function hasData<Result>(answer: unknown): answer is { readonly data: Result } {
  return typeof answer === 'object' && answer !== null && 'data' in answer && answer.data !== null;
}
