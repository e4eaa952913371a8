import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { print } from 'graphql';
import { SessionEventsDocument, type SessionEventsSubscription } from '../../src/operations/operations.js';
import type { GraphQLAnswer, TestService } from './service.js';

export type SessionEventJson = SessionEventsSubscription['sessionEvents'];

type Result = GraphQLAnswer<SessionEventsSubscription>['body'];

/** A subscription as a client has it. */
export interface TestSubscription extends AsyncDisposable {
  readonly status: number;
  readonly headers: Headers;
  /** The answer, when it is not a stream. */
  readonly refusal: GraphQLAnswer['body'] | null;
  /** The next result. Rejects when the stream has ended, and when none comes for far longer than a busy machine takes. */
  next(): Promise<Result>;
  /** The event in the next result. */
  nextEvent(): Promise<SessionEventJson>;
  /** So many events, and those that come besides before there is silence: what must not come has had time to. */
  eventsOf(count: number): Promise<readonly SessionEventJson[]>;
  /** The `id:` of the messages that have come, in order; undefined for a message without one. */
  readonly ids: readonly (string | undefined)[];
  /** Resolves when the server has ended the stream; true when it said so. */
  readonly completed: Promise<boolean>;
  /** How many comments have kept it alive. */
  comments(): number;
}

const waitMs = 45_000;
const silenceMs = 200;

export const sessionEventsDocument = print(SessionEventsDocument);

export interface SubscribeOptions {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'POST';
  readonly path?: '/graphql' | '/graphql/stream';
}

/** Subscribes as GraphQL over SSE does. Nothing that happens after this has resolved is missed. */
export async function subscribe(
  service: Pick<TestService, 'url'>,
  key: string | null,
  variables: Readonly<Record<string, unknown>> = {},
  { query = sessionEventsDocument, headers = {}, method = 'POST', path = '/graphql/stream' }: SubscribeOptions = {},
): Promise<TestSubscription> {
  const connection = new AbortController();
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(`${service.url}${path}${method === 'GET' ? `?${search}` : ''}`, {
    method,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify({ query, variables }) }),
    signal: connection.signal,
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const results: Result[] = [];
  const ids: (string | undefined)[] = [];
  let wake = () => {};
  let comments = 0;
  let hasEnded = false;
  const parser = createParser({
    onEvent({ id, event, data }) {
      if (event !== 'next') throw new Error(`${event} would keep clients from coming back`);
      ids.push(id);
      results.push(JSON.parse(data));
      wake();
    },
    onComment: (comment) => {
      if (comment === 'end') hasEnded = true;
      else comments++;
      wake();
    },
  });
  const completed = isStream
    ? read(response, (text) => parser.feed(text)).then(() => hasEnded)
    : Promise.resolve(false);
  void completed.then(() => wake());

  const next = async () => {
    const deadline = performance.now() + waitMs;
    while (results.length === 0) {
      if (hasEnded) throw new Error('The stream has ended');
      if (performance.now() > deadline) throw new Error('No event has come');
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 50);
      });
    }
    return results.shift() ?? {};
  };
  const nextEvent = async () => {
    const { data, errors } = await next();
    if (data == null) throw new Error(JSON.stringify(errors));
    return data.sessionEvents;
  };
  return {
    status: response.status,
    headers: response.headers,
    refusal: isStream ? null : ((await response.json()) as GraphQLAnswer['body']),
    next,
    ids,
    nextEvent,
    async eventsOf(count) {
      const events: SessionEventJson[] = [];
      while (events.length < count) events.push(await nextEvent());
      await delay(silenceMs);
      while (results.length > 0) events.push(await nextEvent());
      return events;
    },
    completed,
    comments: () => comments,
    async [Symbol.asyncDispose]() {
      connection.abort();
      // An abort just as the server closes the connection can leave fetch waiting.
      await Promise.race([completed, delay(500, undefined, { ref: false })]);
    },
  };
}

async function read(response: Response, feed: (text: string) => void): Promise<void> {
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) feed(decoder.decode(chunk, { stream: true }));
  } catch {
    // The connection was closed, which is how a client leaves.
  }
}
