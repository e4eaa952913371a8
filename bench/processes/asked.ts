import type { Request } from './messages.js';

export interface Asked {
  readonly id: number;
  readonly request: Request;
}

/**
 * What the process that measures has asked; null for any other message. By hand, because every measured process loads this:
 * a library for it would take 15 MiB and 70 ms of each start that is measured.
 */
export function askedIn(message: unknown): Asked | null {
  return isAsked(message) ? message : null;
}

/** The kind of a request is the concern of whoever answers it. */
function isAsked(message: unknown): message is Asked {
  if (typeof message !== 'object' || message === null || !('id' in message) || !('request' in message)) return false;
  return typeof message.id === 'number' && typeof message.request === 'object' && message.request !== null;
}
