import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationScope } from '../application/operation/operation-scope.js';
import type { OperationTime } from '../application/operation/operation-time.js';
import type { Authentication } from '../auth/authenticator.js';
import type { TenantChoice } from '../auth/tenant-choice.js';
import type { Caller } from '../domain/caller.js';
import type { TenantId } from '../domain/ids.js';
import { pointsOfRequest, type Spending } from '../domain/ports/spending.js';
import type { RefusalLimit } from './address-limits.js';
import { sendError, sendRateLimited } from './errors.js';
import type { HttpTelemetry } from './telemetry.js';

/** The answers to requests that end before an operation. */
export interface RecognitionAnswers {
  /** The caller is not recognised. */
  refused(reply: FastifyReply, kind: Exclude<Authentication['kind'], 'caller'>): FastifyReply;
  /** The caller has to wait. */
  rateLimited(reply: FastifyReply, message: string, retryAfterSeconds: number): FastifyReply;
  /** The request has another fault than its credentials. */
  problem(reply: FastifyReply, status: 400 | 403 | 415, code: string, message: string): FastifyReply;
}

export interface RecognitionOptions {
  readonly authenticate: (authorization: string | undefined) => Promise<Authentication>;
  /** Recognises the person at the console. Null where there is none. */
  readonly recogniseConsole: RecogniseConsole | null;
  /** The tenant in which the caller acts, by its X-FusionAuth-TenantId. */
  readonly chooseTenant: (caller: Caller, header: string | undefined) => TenantChoice;
  readonly spending: Pick<Spending, 'spend'>;
  readonly telemetry: HttpTelemetry;
  /** Counts, by address, credentials that may have been guessed. Null where addresses do not identify clients. */
  readonly guesses: RefusalLimit | null;
}

/** Recognises a call of the console by its cookie; null for any other request, and without a cookie. */
export type RecogniseConsole = (request: FastifyRequest, reply: FastifyReply) => Promise<Authentication | null>;

/** The caller of a request, and its tenant. */
export interface Recognised {
  readonly caller: Caller;
  readonly tenantId: TenantId | null;
  /** True when only the caller has named the tenant, so that one that does not exist is the caller's mistake. */
  readonly tenantIsCallersWord: boolean;
  /** The address from which the request came. */
  readonly clientAddress: string;
}

/** Makes the scope of an operation of a known caller, in a known tenant. */
export type CreateScope = (
  request: Recognised & { readonly requestId: string; readonly time: OperationTime },
) => OperationScope;

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until the caller is known. */
    recognised: Recognised | null;
  }
}

/** An `onRequest` hook. Callers are known before the body is read; without credentials nothing runs. */
export function recogniseCaller(
  { authenticate, recogniseConsole, chooseTenant, spending, telemetry, guesses }: RecognitionOptions,
  answers: RecognitionAnswers = graphQLAnswers,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { clientAddress } = request;
    const waitSeconds = (await guesses?.retryAfterSeconds(clientAddress)) ?? null;
    if (waitSeconds !== null) {
      telemetry.workRefused('guesses');
      return answers.rateLimited(reply, tooManyRefused, waitSeconds);
    }
    const authentication = await authenticateOnce(request, reply);
    if (authentication.kind !== 'caller') {
      if (authentication.kind !== 'missing') {
        telemetry.credentialsRefused(authentication.refusal, request);
        if (!authentication.refusal.isGenuine) await guesses?.count(clientAddress);
      }
      return answers.refused(reply, authentication.kind);
    }
    const { caller } = authentication;
    // Set here, so that the request log names the caller even if the request is refused.
    request.recognised = { caller, tenantId: null, tenantIsCallersWord: false, clientAddress };
    const tenant = chooseTenant(caller, headerText(request, 'x-fusionauth-tenantid'));
    if (!tenant.ok) {
      return answers.problem(reply, tenant.code === 'FORBIDDEN' ? 403 : 400, tenant.code, tenant.message);
    }
    const bounded = tenant.tenantIds === null ? caller : { ...caller, tenantIds: tenant.tenantIds };
    const { tenantId, isCallersWord: tenantIsCallersWord } = tenant;
    request.recognised = { caller: bounded, tenantId, tenantIsCallersWord, clientAddress };
    if (!isPlain(request.headers['content-encoding'])) {
      return answers.problem(reply, 415, 'BAD_REQUEST', 'Send the request body without a content encoding.');
    }
    if (!isUtf8(request.headers['content-type'])) {
      return answers.problem(reply, 415, 'BAD_REQUEST', 'Send the request body in UTF-8.');
    }
    const spent = await spending.spend(caller, pointsOfRequest);
    if (spent.ok) return undefined;
    telemetry.workRefused('rate');
    const message = 'This caller has sent too many requests. Call again later.';
    return answers.rateLimited(reply, message, spent.retryAfterSeconds);
  };

  async function authenticateOnce(request: FastifyRequest, reply: FastifyReply): Promise<Authentication> {
    const { headers } = request;
    if (headers.authorization === undefined) {
      const person = (await recogniseConsole?.(request, reply)) ?? null;
      if (person !== null) return person;
    }
    if (hasOneAuthorization(request)) return authenticate(headers.authorization);
    const refusal = { check: 'several Authorization headers', claimed: null, isGenuine: false };
    return { kind: 'invalid', refusal };
  }
}

/** Whether at most one Authorization header is given. Proxies disagree on which of several counts. */
export function hasOneAuthorization({ raw }: FastifyRequest): boolean {
  return (raw.headersDistinct['authorization']?.length ?? 0) <= 1;
}

/** The message to an address that may be guessing. */
export const tooManyRefused = 'Too many credentials from this address were refused. Call again later, with valid ones.';

/** @throws an Error where the hook has not run, which would be a defect. */
export function recognisedIn({ recognised }: FastifyRequest): Recognised {
  if (recognised === null) throw new Error('A request without a caller reached the handler');
  return recognised;
}

/** @see RFC 6750 section 3: an error code is for credentials that were given and refused only. */
function refuse(reply: FastifyReply, problem: Exclude<Authentication['kind'], 'caller'>): FastifyReply {
  const error = problem !== 'missing' ? ', error="invalid_token"' : '';
  reply.header('www-authenticate', `Bearer realm="fusionauth-sessions"${error}`);
  return sendError(reply, 401, 'UNAUTHENTICATED', refusals[problem]);
}

const graphQLAnswers: RecognitionAnswers = {
  refused: refuse,
  rateLimited: (reply, message, retryAfterSeconds) => sendRateLimited(reply, 429, message, retryAfterSeconds),
  problem: sendError,
};

const refusals = {
  missing: 'Send a service key or an access token as `Authorization: Bearer <credentials>`.',
  unschemed:
    'The Authorization header names no scheme that is known here. Write `Bearer` and a space before the service key or access token: `Authorization: Bearer <credentials>`.',
  invalid: 'These credentials are not accepted: they are unknown, malformed, revoked or have expired.',
} as const satisfies Record<Exclude<Authentication['kind'], 'caller'>, string>;

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join() : value;
}

/**
 * Whether the body is not compressed. None is decompressed, because a small body could become a large one. @see RFC
 * 9110 section 8.4
 */
function isPlain(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity';
}

/**
 * Whether the charset of a body is UTF-8, a subset of it, or not given. Bodies are read as UTF-8, so any other charset
 * would silently lose characters.
 */
function isUtf8(contentType: string | undefined): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType ?? '')?.[1];
  return charset === undefined || /^(utf-?8|(us-)?ascii)$/i.test(charset);
}
