import type { Dispatcher } from 'undici';
import { headerText } from './answer-details.js';

export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  /** An empty text where there is none. */
  readonly contentEncoding: string;
  readonly retryAfter: string;
  /** The `Date` of the answer, or an empty text. */
  readonly date: string;
  readonly text: string;
}

/** Why this service gave an exchange up. */
class AttemptTimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** More bytes came than the service reads for this request. Named as undici names it for all requests. */
class AnswerTooLargeError extends Error {
  override readonly name = 'ResponseExceededMaxSizeError';
}

/**
 * One request and its whole answer, in place of `Dispatcher.request`: without a stream for the body, and with one timer
 * in place of two AbortSignals for deadline and caller. A call costs 29 µs of CPU time this way, not 60.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<Answer>;
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;
  /** Why it ended before the answer was there. */
  #failure: Error | undefined;
  #head: Omit<Answer, 'text'> = { statusCode: 0, contentType: '', contentEncoding: '', retryAfter: '', date: '' };
  #resolve: (answer: Answer) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  #bytesRead = 0;

  /**
   * @param timeoutMs From now to the last byte of the answer.
   * @param maxBytes The largest body that is read; the dispatcher may read less.
   */
  constructor(
    dispatcher: Dispatcher,
    request: Dispatcher.DispatchOptions,
    timeoutMs: number,
    private readonly maxBytes = Number.POSITIVE_INFINITY,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => this.giveUp(new AttemptTimeoutError('No answer in time')), timeoutMs);
    dispatcher.dispatch(request, this);
  }

  /** Closes the connection, unless it is over. The request may have been carried out. */
  giveUp(reason: Error): void {
    if (this.#isOver) return;
    this.#controller?.abort(reason);
    this.#fail(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for a connection.
    if (this.#failure !== undefined) controller.abort(this.#failure);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#head = {
      statusCode,
      contentType: headerText(headers['content-type']),
      contentEncoding: headerText(headers['content-encoding']),
      retryAfter: headerText(headers['retry-after']),
      date: headerText(headers['date']),
    };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytesRead += chunk.length;
    if (this.#bytesRead > this.maxBytes) this.giveUp(new AnswerTooLargeError('More bytes than are read'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const [first, ...others] = this.#chunks;
    const body = others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ ...this.#head, text: body?.toString() ?? '' });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #fail(error: Error): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#failure ??= error;
    this.#reject(this.#failure);
  }
}
