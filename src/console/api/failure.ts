/** A request that brought no data. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    /**
     * A code of the service; DATABASE_UNAVAILABLE where that says what is; UNREACHABLE when no answer came, a proxy gave
     * one, or the service stops; and UNREADABLE when it was none of the service.
     */
    readonly code: string,
    message: string,
    /** Under which the service has logged the cause. Null when it was not reached. */
    readonly requestId: string | null,
    /** When to call again, in seconds. Null when the service does not say. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

/** The codes of a service that does not know the operations of this page, because it is of another version. */
export const otherVersion: readonly string[] = ['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED'];

/** What was thrown, as a failure: anything else than one is a fault of the page. */
export function asFailure(error: unknown): ApiFailure {
  return error instanceof ApiFailure ? error : new ApiFailure('UNREADABLE', `${error}`, null);
}

interface GraphQLErrorShape {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export function failureOf(error: GraphQLErrorShape, requestId: string | null): ApiFailure {
  const { code, requestId: logged, retryAfterSeconds, unavailable } = error.extensions ?? {};
  return new ApiFailure(
    codeOf(code, unavailable),
    error.message,
    typeof logged === 'string' ? logged : requestId,
    typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null,
  );
}

function codeOf(code: unknown, unavailable: unknown): string {
  if (code === 'UPSTREAM_UNAVAILABLE' && unavailable === 'DATABASE') return 'DATABASE_UNAVAILABLE';
  if (code === 'UNAVAILABLE') return 'UNREACHABLE';
  return typeof code === 'string' ? code : 'UNREADABLE';
}

/** The errors of an answer; empty where it has none. */
export function errorsIn(answer: unknown): readonly GraphQLErrorShape[] {
  if (typeof answer !== 'object' || answer === null || !('errors' in answer) || !Array.isArray(answer.errors))
    return [];
  return answer.errors.filter(
    (error: unknown): error is GraphQLErrorShape =>
      typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string',
  );
}
