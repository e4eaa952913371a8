import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import {
  type AnyDomainError,
  type DomainErrorCode,
  isDomainError,
  StoreUnavailableError,
} from '../../domain/errors.js';
import { unreachable } from '../../domain/unreachable.js';
import { locationsOf } from './document-source.js';

/**
 * Formats an error for the caller. Only our own errors, and errors of Apollo Server about the request itself, keep
 * their message; every other error becomes INTERNAL_SERVER_ERROR, and the log has the cause.
 */
export function formatError(found: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const formatted = withLocations(found, error);
  const cause = causeOf(error);
  if (isDomainError(cause)) return { ...formatted, ...describe(cause) };
  const code = codeOf(formatted, error);
  if (code === 'PERSISTED_QUERY_NOT_FOUND') return { ...formatted, message: unknownHash };
  if (isAboutTheRequest(code)) {
    const message = clearer.get(formatted.message) ?? shortened(formatted.message);
    return { ...formatted, message, extensions: { ...formatted.extensions, code } };
  }
  return { ...formatted, ...internalServerError };
}

function withLocations(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  if (!(error instanceof GraphQLError) || formatted.locations === undefined) return formatted;
  return { ...formatted, locations: locationsOf(error) ?? formatted.locations };
}

/** True for an error that operators have to see in the log. */
export function isOperatorsConcern(error: GraphQLError): boolean {
  const cause = causeOf(error);
  if (isDomainError(cause)) return !callersConcerns.has(cause.code);
  return !isAboutTheRequest(codeOf(error, error));
}

/** The codes of an answer's errors, each once. */
export function codesOf(errors: readonly Pick<GraphQLFormattedError, 'extensions'>[] | undefined): readonly string[] {
  if (errors === undefined) return [];
  return [...new Set(errors.map(({ extensions }) => `${extensions?.['code'] ?? 'INTERNAL_SERVER_ERROR'}`))];
}

/** Apollo Server gives some errors about a request a status of HTTP in place of a code. */
function codeOf(formatted: Pick<GraphQLFormattedError, 'extensions'>, error: unknown): unknown {
  const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
  const isOwn = error instanceof GraphQLError && error.extensions['code'] !== undefined;
  const isRefusal = typeof http === 'object' && http !== null && 'status' in http && http.status === 400;
  return isRefusal && !isOwn ? 'BAD_REQUEST' : formatted.extensions?.['code'];
}

/** The error that was thrown, in a resolver or while the request was examined. */
function causeOf(error: unknown): unknown {
  const cause = unwrapResolverError(error);
  return cause instanceof GraphQLError && isDomainError(cause.originalError) ? cause.originalError : cause;
}

const callersConcerns: ReadonlySet<DomainErrorCode> = new Set([
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'RATE_LIMITED',
  'SUBSCRIPTION_OVERFLOW',
  'UNAUTHENTICATED',
]);

type Description = Required<Pick<GraphQLFormattedError, 'message' | 'extensions'>>;

function describe(error: AnyDomainError): Description {
  const { code, message } = error;
  switch (error.code) {
    case 'BAD_USER_INPUT':
      return { message, extensions: { code, argument: error.argument } };
    case 'FORBIDDEN': {
      const { maxAuthenticationAgeSeconds } = error;
      return {
        message,
        extensions: maxAuthenticationAgeSeconds === null ? { code } : { code, maxAuthenticationAgeSeconds },
      };
    }
    case 'UPSTREAM_TIMEOUT':
    case 'SUBSCRIPTION_OVERFLOW':
    case 'UNAUTHENTICATED':
      return { message, extensions: { code } };
    case 'RATE_LIMITED':
      return { message, extensions: { code, ...retryAfterOf(error) } };
    case 'UPSTREAM_UNAVAILABLE': {
      const unavailable = error instanceof StoreUnavailableError ? { unavailable: error.unavailable } : {};
      return { message, extensions: { code, ...unavailable, ...retryAfterOf(error) } };
    }
    case 'UPSTREAM_REJECTED':
    case 'UPSTREAM_CONTRACT':
      return internalServerError;
    default:
      return unreachable(error);
  }
}

function retryAfterOf({ retryAfterSeconds }: { readonly retryAfterSeconds: number | null }) {
  return retryAfterSeconds === null ? {} : { retryAfterSeconds };
}

const internalServerError: Description = {
  message: 'Internal server error. The log of the service has the cause under this requestId.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};

/** Codes of Apollo Server for requests that are wrong in themselves. Their messages quote only the request. */
const requestErrorCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** The longest message. A longer one is cut in the middle of its quotation, because the fault stands at either end. */
const maxMessageCharacters = 600;

export function shortened(message: string): string {
  if (message.length <= maxMessageCharacters) return message;
  const half = maxMessageCharacters / 2;
  return `${message.slice(0, half)} … ${message.slice(-half)}`;
}

const unknownHash =
  'Only operations of the manifest of trusted documents are accepted, and none of them has this sha256Hash.';

/** Messages of Apollo Server that do not say what would be right, and the messages in their place. */
const clearer: ReadonlyMap<string, string> = new Map([
  ['Operation batching disabled.', 'Send one operation in a request: a list of them is not accepted.'],
  [
    'POST body missing, invalid Content-Type, or JSON object has no keys.',
    'Send a JSON object whose member query is the text of the operation, as application/json.',
  ],
  [
    'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.',
    'Send the text of the operation as query, or, of a trusted document, its hash as documentId.',
  ],
]);

function isAboutTheRequest(code: unknown): boolean {
  return requestErrorCodes.has(code);
}
