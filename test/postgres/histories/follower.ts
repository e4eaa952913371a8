import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';

interface Followed {
  readonly sessionId: string | null;
  readonly reason: string | null;
}

interface Result {
  readonly data?: { readonly sessionEvents: Followed & { readonly id: string } } | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/**
 * One subscriber that follows what is revoked through the balancer, and comes back with the id of the last event: to
 * whichever replica is next.
 */
export class Follower implements AsyncDisposable {
  /** By the id of the event; nothing is taken twice unnoticed. */
  readonly events = new Map<string, Followed>();
  readonly repeated: string[] = [];
  /** How often a replica could not go on after an event: some may have been missed. */
  gaps = 0;
  comebacks = 0;
  #last: string | null = null;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {
    this.#running = this.#follow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#stream().catch(() => undefined);
      this.comebacks++;
      await delay(20, undefined, { signal }).catch(() => undefined);
    }
  }

  async #stream(): Promise<void> {
    const query =
      'subscription ($after: ID) { sessionEvents(types: [SESSION_REVOKED], after: $after) { id sessionId reason } }';
    const response = await fetch(`${this.url}/graphql/stream`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${this.key}`,
      },
      body: JSON.stringify({ query, variables: { after: this.#last } }),
      signal: this.#closing.signal,
    });
    if (response.status !== 200) return this.#noteRefusal((await response.json()) as Result);
    if (response.body === null) return;
    const parser = createParser({
      onEvent: ({ data, event }) => {
        if (event !== 'next') return;
        const one = (JSON.parse(data) as Result).data?.sessionEvents;
        if (one == null) return;
        if (this.events.has(one.id)) this.repeated.push(one.id);
        this.events.set(one.id, one);
        this.#last = one.id;
      },
    });
    const text = new TextDecoder();
    for await (const chunk of response.body) parser.feed(text.decode(chunk as Uint8Array, { stream: true }));
  }

  #noteRefusal({ errors }: Result): void {
    if (errors?.[0]?.extensions.code !== 'BAD_USER_INPUT') return;
    this.gaps++;
    this.#last = null;
  }
}
