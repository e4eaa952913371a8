import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { FairTurns } from '../domain/fair-turns.js';
import { type Clock, systemClock } from '../domain/ports/clock.js';
import { parseRetryAfter } from '../domain/retry-after.js';
import type { Instant } from '../domain/session.js';
import { abandonable } from './abandon.js';
import { parseAnswer } from './answer-body.js';
import { errorCodes } from './answer-details.js';
import { type CallFailure, FusionAuthCallError } from './call-error.js';
import { connectionFailure, isTransient, neverSent } from './connection-failure.js';
import { type Answer, Exchange } from './exchange.js';
import { type FusionAuthTelemetry, routeOf, type UpstreamCall } from './telemetry.js';
import type { CallContext, TransportRequest, TransportResponse, UpstreamOperation } from './transport-call.js';

/** How calls travel to one FusionAuth. */
export interface TransportOptions {
  /** Origin and optional path prefix of FusionAuth, without a trailing slash. */
  readonly baseUrl: string;
  /** Time for one attempt, in milliseconds, from sending to the last byte of the answer. */
  readonly requestTimeoutMs: number;
  /** Time for a call as a whole, in milliseconds: waiting for its turn, attempts, and the pauses between them. */
  readonly callBudgetMs: number;
  /** How often a call that is safe to repeat is sent at most. 1 means no retry. */
  readonly maxAttempts: number;
  /** The pause before the second attempt is random below this, in milliseconds, and doubles with each attempt. */
  readonly retryBaseDelayMs: number;
  /** Calls under way at once, each on a pooled connection that is kept alive. */
  readonly maxConcurrentCalls: number;
  /** Calls that may wait for their turn; one more is refused. */
  readonly maxQueuedCalls: number;
  /** Largest answer that is read, in bytes. */
  readonly maxResponseBytes: number;
  /** Called with the `Date` of each answer, and when it was asked for and read, on our clock. */
  readonly onDate?: (date: string, sentAt: Instant, readAt: Instant) => void;
  /** Has an answer of so many characters wait before it is read. Undefined: it is read at once. */
  readonly beforeReading?: (characters: number, operation: UpstreamOperation) => Promise<void> | undefined;
  readonly telemetry: FusionAuthTelemetry;
  /** The clock for `onDate`. Default: the system's. */
  readonly clock?: Clock;
  /** A number from 0 up to but not including 1. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * The share of simultaneous calls that users may have: a FusionAuth that is busy with theirs has room for the logins of
 * services all the same.
 */
const shareOfUsers = 0.25;

/** How far a call has come. */
interface Progress {
  /** 1 for the first. */
  readonly attempt: number;
  /** The instant on the clock of `performance.now()` when its time is over. */
  readonly deadline: number;
  readonly mayHaveBeenDone: boolean;
}

/**
 * Sends HTTP calls to FusionAuth over a pool of kept connections, each within a deadline, repeating those that are
 * safe to repeat when FusionAuth is briefly unavailable. Rejects with a {@link FusionAuthCallError}, nothing else.
 */
export class Transport implements AsyncDisposable {
  readonly #options: TransportOptions;
  readonly #pool: Pool;
  readonly #pathPrefix: string;
  readonly #turns: FairTurns;
  /** Users' calls pass here before they wait with those of services. */
  readonly #turnsOfUsers: FairTurns;
  readonly #random: () => number;
  /** For calls of the service itself. */
  readonly #own: CallContext = { operation: { calls: 0 } };

  constructor(options: TransportOptions) {
    const { origin, pathname } = new URL(options.baseUrl);
    this.#options = options;
    this.#pathPrefix = pathname.replace(/\/+$/, '');
    this.#random = options.random ?? Math.random;
    const { maxConcurrentCalls, maxQueuedCalls } = options;
    this.#turns = new FairTurns(maxConcurrentCalls, maxQueuedCalls);
    this.#turnsOfUsers = new FairTurns(Math.ceil(maxConcurrentCalls * shareOfUsers), maxQueuedCalls);
    this.#pool = new Pool(origin, {
      connections: options.maxConcurrentCalls,
      connect: { timeout: options.requestTimeoutMs },
      maxResponseSize: options.maxResponseBytes,
      // Each attempt has a deadline of its own, which covers headers and body.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** How many calls wait for their turn. */
  get waitingCalls(): number {
    return this.#turns.waitingCount + this.#turnsOfUsers.waitingCount;
  }

  async send(request: TransportRequest, context: CallContext = this.#own): Promise<TransportResponse> {
    const { signal } = context;
    if (signal === undefined) return this.#send(request, context);
    return abandonable(
      () => this.#send(request, context),
      signal,
      () => callError(request, { kind: 'abandoned' }, true),
    );
  }

  /** Closes the connections. Calls still under way fail: stopping the service waits for them before. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }

  async #send(request: TransportRequest, context: CallContext): Promise<TransportResponse> {
    const deadline = performance.now() + this.#options.callBudgetMs;
    const maxAttempts = request.repeatable ? this.#options.maxAttempts : 1;
    let mayHaveBeenDone = false;

    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#takeTurn(request, context, { attempt, deadline, mayHaveBeenDone });
      } catch (error) {
        if (!(error instanceof FusionAuthCallError)) throw error;
        mayHaveBeenDone = error.mayHaveBeenDone;
        if (attempt >= maxAttempts || !isTransient(error.failure)) throw error;
        const pauseMs = this.#pauseMs(error.failure, attempt);
        if (performance.now() + pauseMs >= deadline) throw error;
        await delay(pauseMs);
      }
    }
  }

  async #takeTurn(request: TransportRequest, context: CallContext, progress: Progress): Promise<TransportResponse> {
    const { line = context.operation, operation } = context;
    if (this.#turns.isFull || (operation.isOfUser === true && this.#turnsOfUsers.isFull)) {
      this.#options.telemetry.callRefused();
      throw callError(request, { kind: 'queueFull' }, progress.mayHaveBeenDone);
    }
    const attempt = () => this.#turns.run(line, () => this.#attempt(request, context, progress));
    return operation.isOfUser === true ? this.#turnsOfUsers.run(line, attempt) : attempt();
  }

  async #attempt(
    request: TransportRequest,
    { signal, operation }: CallContext,
    { attempt, deadline, mayHaveBeenDone }: Progress,
  ): Promise<TransportResponse> {
    // Its turn came after it was given up.
    if (signal?.aborted) throw callError(request, { kind: 'abandoned' }, mayHaveBeenDone);
    const timeLeftMs = Math.ceil(Math.min(this.#options.requestTimeoutMs, deadline - performance.now()));
    if (timeLeftMs <= 0) throw callError(request, { kind: 'timeout' }, mayHaveBeenDone);

    operation.calls++;
    const { method } = request;
    const route = routeOf(request.path);
    const { telemetry } = this.#options;
    const traced = telemetry.tracing?.callBegun({ method, route, attempt });
    const begunAt = performance.now();
    const report = (outcome: Pick<UpstreamCall, 'statusCode' | 'failure'>) => {
      const durationMs = performance.now() - begunAt;
      telemetry.upstreamCall({ method, route, attempt, durationMs, ...outcome });
      traced?.end(outcome);
    };
    try {
      const sent = traced === undefined ? request : { ...request, headers: { ...request.headers, ...traced.headers } };
      const response = await this.#call(sent, { signal, operation }, timeLeftMs, mayHaveBeenDone);
      report({ statusCode: response.statusCode, failure: null });
      return response;
    } catch (error) {
      if (error instanceof FusionAuthCallError) report(outcomeOf(error.failure));
      throw error;
    }
  }

  async #call(
    request: TransportRequest,
    { signal, operation }: { readonly signal: AbortSignal | undefined; readonly operation: UpstreamOperation },
    timeoutMs: number,
    mayHaveBeenDone: boolean,
  ): Promise<TransportResponse> {
    const answer = await this.#exchange(request, signal, timeoutMs).catch((error: unknown) => {
      const failure: CallFailure = signal?.aborted ? { kind: 'abandoned' } : connectionFailure(error);
      throw new FusionAuthCallError(nameOf(request), failure, mayHaveBeenDone || !neverSent(error), { cause: error });
    });
    const { statusCode, contentType, retryAfter, text } = answer;
    if (statusCode < 200 || statusCode > 299) {
      const failure = {
        kind: 'status',
        statusCode,
        hasBody: text.trim() !== '',
        retryAfterSeconds: parseRetryAfter(retryAfter, Date.now()),
        codes: errorCodes(text, contentType),
      } as const;
      throw callError(request, failure, mayHaveBeenDone || statusCode >= 500);
    }
    const turn = this.#options.beforeReading?.(text.length, operation);
    if (turn !== undefined) await turn;
    const parsed = parseAnswer(request.method, answer);
    if (parsed.kind === 'failure') throw callError(request, parsed.failure, true);
    return { statusCode, body: parsed.body };
  }

  async #exchange(
    { method, path, headers, body, maxResponseBytes }: TransportRequest,
    signal: AbortSignal | undefined,
    timeoutMs: number,
  ): Promise<Answer> {
    const request = { method, path: this.#pathPrefix + path, headers, body: body ?? null };
    const { clock = systemClock, onDate } = this.#options;
    const sentAt = clock.now();
    const exchange = new Exchange(this.#pool, request, timeoutMs, maxResponseBytes);
    const giveUp = () => exchange.giveUp(new Error('Given up'));
    signal?.addEventListener('abort', giveUp);
    try {
      const answer = await exchange.answer;
      onDate?.(answer.date, sentAt, clock.now());
      return answer;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  #pauseMs(failure: CallFailure, attempt: number): number {
    const askedForMs = failure.kind === 'status' ? (failure.retryAfterSeconds ?? 0) * 1_000 : 0;
    return askedForMs + this.#random() * this.#options.retryBaseDelayMs * 2 ** (attempt - 1);
  }
}

function outcomeOf(failure: CallFailure): Pick<UpstreamCall, 'statusCode' | 'failure'> {
  return { statusCode: failure.kind === 'status' ? failure.statusCode : null, failure: failure.kind };
}

function callError(request: TransportRequest, failure: CallFailure, mayHaveBeenDone: boolean): FusionAuthCallError {
  return new FusionAuthCallError(nameOf(request), failure, mayHaveBeenDone);
}

function nameOf(request: TransportRequest): string {
  return `${request.method} ${request.path.split('?', 1)[0]}`;
}
