import { decodeEvent, UndecodableEventError } from '../../../src/webhook/decode-event.js';

export const decode = (event: unknown) => decodeEvent(Buffer.from(JSON.stringify({ event })));

/** The error that a body is refused with. */
export function refused(body: string | Buffer): UndecodableEventError {
  try {
    decodeEvent(Buffer.from(body));
  } catch (error) {
    if (error instanceof UndecodableEventError) return error;
    throw error;
  }
  throw new Error('The body was understood');
}

export const refusedEvent = (event: unknown) => refused(JSON.stringify({ event }));
