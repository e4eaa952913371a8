import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RevocationOfAll, RevokeAllOfUser } from '../../application/tokens/revoke-all-of-user.js';
import type { RecognisedRequester, RevocationRequester } from '../../auth/revocation-requester.js';
import type { TenantId } from '../../domain/ids.js';
import { pointsOfRequest, type Spending } from '../../domain/ports/spending.js';
import { unreachable } from '../../domain/unreachable.js';
import type { RefusalLimit } from '../address-limits.js';
import { startOperationClock } from '../operation-clock.js';
import { type CreateScope, hasOneAuthorization, recognisedIn, tooManyRefused } from '../recognise-caller.js';
import type { Share } from '../share.js';
import type { HttpTelemetry } from '../telemetry.js';
import { registerOAuthErrors, sendOAuthError, sendOAuthUnavailable } from './oauth-errors.js';
import { readSubject } from './subject.js';

export interface GlobalRevocationOptions {
  readonly requester: Pick<RevocationRequester, 'recognise'>;
  /** The tenant in which users are looked up; null where FusionAuth decides. */
  readonly tenantId: TenantId | null;
  /** The issuers whose subjects are user ids. */
  readonly issuers: readonly string[];
  readonly revokeAllOfUser: Pick<RevokeAllOfUser, 'execute'>;
  readonly createScope: CreateScope;
  readonly spending: Spending;
  readonly guesses: RefusalLimit | null;
  readonly operationTimeoutMs: number;
  readonly telemetry: HttpTelemetry;
}

export const globalRevocationPath = '/global-token-revocation';

/** The largest body, in bytes. */
const maxSubjectBytes = 4_096;

/**
 * Serves `POST /global-token-revocation`, by which an identity provider ends all sessions of a user.
 * @see https://datatracker.ietf.org/doc/draft-parecki-oauth-global-token-revocation/
 */
export function registerGlobalRevocation(app: FastifyInstance, options: GlobalRevocationOptions, running: Share): void {
  app.register(async (scope) => {
    registerOAuthErrors(scope, options.telemetry, maxSubjectBytes, 'application/json');
    scope.route({
      method: 'POST',
      url: globalRevocationPath,
      bodyLimit: maxSubjectBytes,
      onRequest: recogniseRequester(options),
      handler: revokeAll(options, running),
    });
  });
}

/** An `onRequest` hook. The identity provider is known before the body is read. */
function recogniseRequester(options: GlobalRevocationOptions) {
  const { requester, spending, guesses, telemetry, tenantId } = options;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { clientAddress, headers } = request;
    const waitSeconds = (await guesses?.retryAfterSeconds(clientAddress)) ?? null;
    if (waitSeconds !== null) {
      telemetry.workRefused('guesses');
      return sendOAuthUnavailable(reply, 429, tooManyRefused, waitSeconds);
    }
    const recognised = hasOneAuthorization(request)
      ? await requester.recognise(headers.authorization)
      : severalAuthorizations;
    if (recognised.kind !== 'caller') return refuse(request, reply, recognised, options);
    const { caller } = recognised;
    request.recognised = { caller, tenantId, tenantIsCallersWord: false, clientAddress };
    const spent = await spending.spend(caller, pointsOfRequest);
    if (spent.ok) return undefined;
    telemetry.workRefused('rate');
    return sendOAuthUnavailable(reply, 429, 'This caller has sent too many requests.', spent.retryAfterSeconds);
  };
}

async function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  recognised: Exclude<RecognisedRequester, { kind: 'caller' }>,
  { telemetry, guesses }: GlobalRevocationOptions,
): Promise<FastifyReply> {
  if (recognised.kind === 'notAllowed') {
    return sendOAuthError(reply, 403, 'unauthorized_client', 'This client may not end sessions.');
  }
  const isInvalid = recognised.kind === 'invalid';
  if (isInvalid) {
    const { check, isGenuine } = recognised;
    telemetry.credentialsRefused({ check, claimed: null, isGenuine }, request);
    if (!isGenuine) await guesses?.count(request.clientAddress);
  }
  reply.header('www-authenticate', `Bearer realm="fusionauth-sessions"${isInvalid ? ', error="invalid_token"' : ''}`);
  const message = 'Send a signed JWT of type global-token-revocation+jwt as Bearer.';
  return sendOAuthError(reply, 401, 'invalid_token', message);
}

function revokeAll(options: GlobalRevocationOptions, running: Share) {
  const { createScope, revokeAllOfUser, spending, telemetry } = options;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const read = readSubject(request.body, options.issuers);
    if (read.kind === 'problem') return sendOAuthError(reply, 400, 'invalid_request', read.problem);
    if (read.kind === 'unknown') return answer(reply, 'notFound');
    const recognised = recognisedIn(request);
    const leave = running.enter(recognised.caller);
    if (typeof leave === 'string') {
      telemetry.workRefused('concurrentOperations');
      return sendOAuthUnavailable(reply, 503, 'Too many operations are running already. Call again later.', null);
    }
    const clock = startOperationClock(reply, options.operationTimeoutMs);
    const operation = createScope({ ...recognised, requestId: request.id, time: clock.time });
    try {
      return answer(reply, await revokeAllOfUser.execute(operation, read.subject));
    } finally {
      leave();
      clock.stop();
      await spending.charge(recognised.caller, operation.upstream.calls);
    }
  };
}

const severalAuthorizations = { kind: 'invalid', check: 'several Authorization headers', isGenuine: false } as const;

function answer(reply: FastifyReply, outcome: RevocationOfAll): FastifyReply {
  switch (outcome) {
    case 'done':
      return reply.status(204).send();
    case 'notFound':
      return sendOAuthError(reply, 404, 'user_not_found', 'There is no such user.');
    case 'ambiguous':
      return sendOAuthError(
        reply,
        422,
        'unprocessable',
        'Several users have this address, or very many have addresses like it. Name one by iss_sub.',
      );
    case 'partial':
      return sendOAuthError(reply, 422, 'unprocessable', 'Some sessions of this user live on. Send the request again.');
    default:
      return unreachable(outcome);
  }
}
