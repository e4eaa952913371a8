import { createParser } from 'eventsource-parser';
import { reasonOf } from '../domain/reason-of.js';
import { malformed } from './messages.js';
import { lost } from './service-client.js';

interface EventStreamHandlers {
  /** Called whenever anything comes, comments included. */
  readonly onBytes: () => void;
  /** Called with the data of each `next` message. May throw, which ends the reading. */
  readonly onMessage: (text: string) => void;
}

/** The longest message, in characters. */
const maxMessageLength = 262_144;

/**
 * Reads a stream of GraphQL over SSE. Resolves when the service announces the end, by a comment or by `complete`.
 * @throws GuardError when it ends otherwise, and the errors of `onMessage`.
 */
export async function readEvents(body: ReadableStream<Uint8Array>, handlers: EventStreamHandlers): Promise<void> {
  const messages: string[] = [];
  let isComplete = false;
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: maxMessageLength,
    onEvent({ event, data }) {
      if (event === 'next') messages.push(data);
      if (event === 'complete') isComplete = true;
    },
    onComment(comment) {
      if (comment === 'end') isComplete = true;
    },
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') isTooLong = true;
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw lost(`The connection broke: ${reasonOf(error)}`, error);
      });
      if (done) throw lost('The stream ended without notice');
      handlers.onBytes();
      parser.feed(decoder.decode(value, { stream: true }));
      for (const message of messages.splice(0)) handlers.onMessage(message);
      if (isTooLong) throw malformed('a message is too long');
      if (isComplete) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
