import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { eventsDocument, listRequest, revokeRequest, sessionsIn } from '../load/operations.js';
import { send } from '../load/send.js';
import { percentile } from '../load/statistics.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { type RunningServer, startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

export interface FanOutResult {
  readonly subscribers: number;
  readonly events: number;
  /** CPU time of the service for each event and subscriber, in microseconds. */
  readonly cpuMicrosPerDelivery: number;
  /** From sending the revocation until a subscriber has read its event. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Events to many subscribers of the same document, one after the other. */
export async function measureFanOut(
  emulator: EmulatorProcess,
  { subscribers, fanOutEvents, fanOutWarmUp }: BenchSettings,
): Promise<FanOutResult> {
  const [user] = await emulator.addUsers(1, fanOutEvents + fanOutWarmUp);
  if (user === undefined) throw new RangeError('No user was added');
  await using server = await startServer('ours', emulator.facts, {
    MAX_SUBSCRIPTIONS: String(subscribers + 1),
    MAX_SERVICE_SUBSCRIPTIONS: String(subscribers + 1),
  });
  const ids = sessionsIn(await send(server.url, listRequest(server, user.id))).map(idOf);
  const agent = new Agent({ connections: subscribers });
  const audience = new Audience();
  for (let count = 0; count < subscribers; count++) await audience.subscribe(server, agent);

  const latenciesMs: number[] = [];
  let cpuMicros = 0;
  for (const [index, id] of ids.entries()) {
    const before = await server.child.usage();
    const sentAt = performance.now();
    const heard = audience.next(subscribers);
    await send(server.url, revokeRequest(server, id));
    const readAt = await heard;
    if (index < fanOutWarmUp) continue;
    cpuMicros += (await server.child.usage()).cpuMicros - before.cpuMicros;
    for (const instant of readAt) latenciesMs.push(instant - sentAt);
  }
  await agent.destroy();
  return {
    subscribers,
    events: fanOutEvents,
    cpuMicrosPerDelivery: cpuMicros / latenciesMs.length,
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
  };
}

const mostWaitMs = 10_000;

/** Everybody who reads. */
class Audience {
  #readAt: number[] = [];
  #onRead: () => void = () => undefined;

  async subscribe({ url, headers }: RunningServer, dispatcher: Agent): Promise<void> {
    const { statusCode, body } = await request(`${url}/graphql/stream`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: eventsDocument }),
      dispatcher,
      bodyTimeout: 0,
    });
    if (statusCode !== 200) throw new Error(`A subscription answered ${statusCode}: ${await body.text()}`);
    // Ends with its connection, when the service is stopped.
    body.on('error', () => undefined);
    body.on('data', (chunk: Buffer) => {
      if (!chunk.includes('event: next')) return;
      this.#readAt.push(performance.now());
      this.#onRead();
    });
  }

  /** When each of them has read the next event. */
  async next(subscribers: number): Promise<readonly number[]> {
    this.#readAt = [];
    const all = new Promise<void>((resolve) => {
      this.#onRead = () => this.#readAt.length >= subscribers && resolve();
    });
    const isHeard = await Promise.race([all.then(() => true), delay(mostWaitMs, false, { ref: false })]);
    if (!isHeard) throw new Error(`${this.#readAt.length} of ${subscribers} subscribers have read an event`);
    return this.#readAt;
  }
}

function idOf(session: unknown): string {
  if (typeof session === 'object' && session !== null && 'id' in session) return `${session.id}`;
  throw new TypeError('A session has no id');
}
