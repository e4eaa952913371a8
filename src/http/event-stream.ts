import type { FastifyRequest } from 'fastify';

export const eventStream = 'text/event-stream';

const endOfStream = ': end\n\n';

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

/** Adds event ids to the messages of the library, on their way to the connection. */
export class EventIds {
  /** The ids of the messages that are still to be written, in order; null for a message without one. */
  readonly #waiting: (string | null)[] = [];

  /** Sets the id of the next message that holds a result. */
  add(id: string | null): void {
    this.#waiting.push(id);
  }

  /**
   * Adds ids to messages, and drops `complete`, after which a client never comes back: only the service ends a stream,
   * because a client that leaves closes the connection. Instead the body just ends, and standard clients subscribe
   * anew. A comment, which they skip, tells the guard that nothing broke.
   */
  written(messages: AsyncGenerator<string, void, undefined>): AsyncIterable<string> {
    const next = async (): Promise<IteratorResult<string, void>> => {
      const { done, value } = await messages.next();
      return done === true ? { done, value: undefined } : { done: false, value: this.#write(value) };
    };
    // Not a generator, whose `return` would wait for the next message.
    return { [Symbol.asyncIterator]: () => ({ next, return: () => messages.return() }) };
  }

  #write(message: string): string {
    if (message.startsWith('event: complete')) return endOfStream;
    const id = message.startsWith('event: next') ? (this.#waiting.shift() ?? null) : null;
    return id === null ? message : `id: ${id}\n${message}`;
  }
}
