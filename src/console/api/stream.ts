import { createParser } from 'eventsource-parser';
import type { ConsoleEventsSubscription, ConsoleEventsSubscriptionVariables } from '../../operations/operations.js';
import { currentTime } from '../state/now.js';
import { ConsoleEvents } from './documents.js';
import { post } from './endpoint.js';
import { ApiFailure, errorsIn, failureOf, otherVersion } from './failure.js';

export type SessionEvent = ConsoleEventsSubscription['sessionEvents'];

/** Which events, and with how many of the newest to begin. */
export type EventSelection = Omit<ConsoleEventsSubscriptionVariables, 'after'>;

interface StreamHandlers {
  readonly onEvent: (event: SessionEvent) => void;
  readonly onStatus: (status: StreamStatus) => void;
  /**
   * The connection was away and is back. When it was lost, and whether events of the time between may be missing: the
   * service goes on after the last event only if it remembers it.
   */
  readonly onBack: (awaySince: number, mayBeMissing: boolean) => void;
  /** The service refuses the stream, and would again. */
  readonly onRefused: (failure: ApiFailure) => void;
}

export type StreamStatus = 'connecting' | 'live' | 'reconnecting';

const minDelayMs = 500;
const maxDelayMs = 10_000;
/** The service sends a comment every 12 seconds. */
const maxSilenceMs = 30_000;
/** Refusals that the same request meets again. */
const lasting = ['UNAUTHENTICATED', 'FORBIDDEN', ...otherVersion];

/** Follows events until the signal is aborted, over any number of connections. */
export async function followEvents(
  variables: EventSelection,
  handlers: StreamHandlers,
  signal: AbortSignal,
): Promise<void> {
  let last: string | null = null;
  let awaySince: number | null = null;
  let forgotten = false;
  let delayMs = minDelayMs;
  handlers.onStatus('connecting');
  while (!signal.aborted) {
    const connection = new AbortController();
    // Until the connection ends. Older browsers have no AbortSignal.any.
    signal.addEventListener('abort', () => connection.abort(), { signal: connection.signal });
    try {
      // The newest events are for the beginning; after a break, those behind the last one.
      const from = last === null ? {} : { last: null, after: last };
      await readConnection({ ...variables, ...from }, connection, {
        onOpen() {
          delayMs = minDelayMs;
          handlers.onStatus('live');
          // Without an event before the break there is nothing to go on after.
          if (awaySince !== null) handlers.onBack(awaySince, forgotten || last === null);
          awaySince = null;
          forgotten = false;
        },
        onEvent(event) {
          last = event.id;
          handlers.onEvent(event);
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiFailure && lasting.includes(error.code)) {
        handlers.onRefused(error);
        return;
      }
      // The service does not remember the event: it has restarted, or much has happened.
      if (error instanceof ApiFailure && error.code === 'BAD_USER_INPUT' && last !== null) {
        last = null;
        forgotten = true;
        continue;
      }
    }
    if (signal.aborted) return;
    awaySince ??= currentTime();
    handlers.onStatus('reconnecting');
    await pause(delayMs * (0.5 + Math.random() / 2), signal);
    delayMs = Math.min(delayMs * 2, maxDelayMs);
  }
}

interface ConnectionHandlers {
  readonly onOpen: () => void;
  readonly onEvent: (event: SessionEvent) => void;
}

/** Reads one connection to its end. */
async function readConnection(
  variables: ConsoleEventsSubscriptionVariables,
  connection: AbortController,
  { onOpen, onEvent }: ConnectionHandlers,
): Promise<void> {
  let silence = setTimeout(() => connection.abort(), maxSilenceMs);
  try {
    const { signal } = connection;
    const call = { path: 'graphql/stream', accept: 'text/event-stream', document: ConsoleEvents, variables, signal };
    const response = await post(call);
    if (
      response.body === null ||
      !response.headers.get('content-type')?.toLowerCase().startsWith('text/event-stream')
    ) {
      throw await refusalOf(response);
    }
    onOpen();
    const messages: string[] = [];
    const parser = createParser({ onEvent: ({ event, data }) => event === 'next' && messages.push(data) });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(silence);
      silence = setTimeout(() => connection.abort(), maxSilenceMs);
      parser.feed(value);
      for (const message of messages.splice(0)) onEvent(eventIn(JSON.parse(message)));
    }
  } finally {
    clearTimeout(silence);
    connection.abort();
  }
}

async function refusalOf(response: Response): Promise<ApiFailure> {
  const requestId = response.headers.get('x-request-id');
  const [error] = errorsIn(await response.json().catch(() => null));
  if (response.status === 401) return new ApiFailure('UNAUTHENTICATED', error?.message ?? '', requestId);
  return error === undefined
    ? new ApiFailure('UNREADABLE', `The answer had status ${response.status}`, requestId)
    : failureOf(error, requestId);
}

interface Message {
  readonly data?: ConsoleEventsSubscription | null;
}

function eventIn(message: Message): SessionEvent {
  const [error] = errorsIn(message);
  if (error !== undefined) throw failureOf(error, null);
  if (message.data === undefined || message.data === null) throw new ApiFailure('UNREADABLE', 'No event', null);
  return message.data.sessionEvents;
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      // The signal lives as long as the page.
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal.addEventListener('abort', end);
  });
}
