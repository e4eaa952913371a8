import type { FastifyRequest } from 'fastify';

export const eventStream = 'text/event-stream';

const endOfStream = ': end\n\n';

/** Ids of events are short: a longer text is none, and is not looked for. */
const maxEventIdCharacters = 128;

export function acceptsEventStream(request: FastifyRequest): boolean {
  return acceptedTypes(request).includes(eventStream);
}

/** A client that accepts JSON as well sends queries too, and names streams for those that it may have. */
export function wantsEventStream(request: FastifyRequest): boolean {
  const accepted = acceptedTypes(request);
  return accepted.includes(eventStream) && !accepted.some((type) => type.endsWith('json') || type === '*/*');
}

function acceptedTypes({ headers: { accept = '' } }: FastifyRequest): readonly string[] {
  return accept.split(',').map((type) => type.split(';', 1)[0]?.trim().toLowerCase() ?? '');
}

/**
 * The event that a client has read last, as browsers say it when they connect again; null where no id can be read.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
 */
export function lastEventIdOf({ headers }: FastifyRequest): string | null {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' && id.length <= maxEventIdCharacters ? id : null;
}

/** The text that is written between the messages of the library and the connection. */
export class EventIds {
  /** Those of the messages that are still to be written, in order; null for a message without one. */
  readonly #waiting: (string | null)[] = [];

  /** The next message that holds a result has this id. */
  add(id: string | null): void {
    this.#waiting.push(id);
  }

  /**
   * Gives messages their ids, and takes `complete` away: a client never comes back after it, and every stream ends
   * for reasons of the service, since a client that leaves closes the connection. Instead the body just ends, upon
   * which standard clients ask for their headers again and subscribe anew. A comment, which they skip, says to the
   * guard that nothing broke.
   */
  written(messages: AsyncGenerator<string, void, undefined>): AsyncIterable<string> {
    const next = async (): Promise<IteratorResult<string, void>> => {
      const { done, value } = await messages.next();
      return done === true ? { done, value: undefined } : { done: false, value: this.#write(value) };
    };
    // Not a generator, whose return would wait for the message that is due.
    return { [Symbol.asyncIterator]: () => ({ next, return: () => messages.return() }) };
  }

  #write(message: string): string {
    if (message.startsWith('event: complete')) return endOfStream;
    const id = message.startsWith('event: next') ? (this.#waiting.shift() ?? null) : null;
    return id === null ? message : `id: ${id}\n${message}`;
  }
}
