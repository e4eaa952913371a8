import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type { StreamedResult } from '../application/operation/subscription.js';

export const eventStream = 'text/event-stream';

/** Comments, which clients skip. The first one makes browsers take note of the headers, the last one says that nothing broke. */
const alive = ':\n\n';
const endOfStream = ': end\n\n';

/** How often a comment keeps the connection alive, in milliseconds. */
const aliveIntervalMs = 12_000;

/** After so many results, the event loop turns before the next one. */
const maxResultsOfTurn = 64;

/** The longest text that can be the id of an event. */
const maxEventIdCharacters = 128;

export function acceptsEventStream(request: FastifyRequest): boolean {
  return acceptedTypes(request).includes(eventStream);
}

/** Whether a request asks for a stream only. A client that also accepts JSON sends queries as well. */
export function wantsEventStream(request: FastifyRequest): boolean {
  const accepted = acceptedTypes(request);
  return accepted.includes(eventStream) && !accepted.some((type) => type.endsWith('json') || type === '*/*');
}

function acceptedTypes({ headers: { accept = '' } }: FastifyRequest): readonly string[] {
  return accept.split(',').map((type) => type.split(';', 1)[0]?.trim().toLowerCase() ?? '');
}

/**
 * The event that a client has read last, from the header that browsers send when they connect again; null without a
 * valid id.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
export function lastEventIdOf({ headers }: FastifyRequest): string | null {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' && id.length <= maxEventIdCharacters ? id : null;
}

/**
 * Results as messages of GraphQL over SSE, in its mode of one connection for each operation. A result is taken when the
 * connection takes more: those that a client does not read wait in its queue, which is bounded, and not here.
 *
 * Never says `complete`: a client never comes back after it, and every stream ends for reasons of the service, since a
 * client that leaves closes the connection. Instead the body just ends, upon which standard clients ask for their headers
 * again and subscribe anew.
 */
export class EventMessages extends Readable {
  readonly #timer: NodeJS.Timeout;
  #resultsOfTurn = 0;
  #isTaking = false;

  constructor(private readonly results: AsyncIterator<StreamedResult, void>) {
    super({ highWaterMark: 1 });
    this.push(alive);
    this.#timer = setInterval(() => this.readableLength === 0 && this.push(alive), aliveIntervalMs);
  }

  override _read(): void {
    // After a comment, Node.js asks again although a result is awaited: those who wait would become more with each.
    if (this.#isTaking) return;
    this.#isTaking = true;
    this.#next().catch((error: Error) => this.destroy(error));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#timer);
    void this.results.return?.();
    callback(error);
  }

  async #next(): Promise<void> {
    if (++this.#resultsOfTurn > maxResultsOfTurn) {
      await nextTurn();
      this.#resultsOfTurn = 1;
    }
    const { done, value } = await this.results.next();
    this.#isTaking = false;
    if (this.destroyed) return;
    if (done !== true) {
      this.push(messageOf(value));
      return;
    }
    clearInterval(this.#timer);
    this.push(endOfStream);
    this.push(null);
  }
}

/** Those who share a result share the bytes of its message: half of what an event costs for one more of them. */
const messages = new WeakMap<StreamedResult, Buffer>();

function messageOf(result: StreamedResult): Buffer {
  const known = messages.get(result);
  if (known !== undefined) return known;
  const id = result.eventId === null ? '' : `id: ${result.eventId}\n`;
  const message = Buffer.from(`${id}event: next\ndata: ${result.json}\n\n`);
  messages.set(result, message);
  return message;
}
