import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { percentile } from '../load/statistics.js';
import { reportRevocation, webhookVariables } from '../load/webhook.js';
import type { EmulatorProcess } from '../processes/emulator.js';
import { startPostgres } from '../processes/postgres.js';
import { type RunningServer, startServer } from '../processes/servers.js';
import type { BenchSettings } from '../settings.js';

export interface ReplicasResult {
  readonly eventsPerSecond: number;
  readonly sent: number;
  readonly arrived: number;
  /** From FusionAuth's report to one replica until a subscriber at the other has read the event. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const warmUpMs = 3_000;
/** How often reports that are due begin. */
const tickMs = 5;
const mostWaitMs = 10_000;

/** FusionAuth reports revocations to one replica at a steady rate; somebody follows the events at another one. */
export async function measureReplicas(
  emulator: EmulatorProcess,
  { eventsPerSecond, eventSeconds }: BenchSettings,
): Promise<ReplicasResult> {
  await emulator.setLatency(0);
  await using postgres = await startPostgres();
  const variables = { ...webhookVariables, DATABASE_URL: postgres.url };
  await using reported = await startServer('ours', emulator.facts, variables);
  await using followed = await startServer('ours', emulator.facts, variables);
  const agent = new Agent({ connections: 100 });
  const readAt = await follow(followed, agent);

  const sentAt = new Map<string, number>();
  const reports: Promise<void>[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + warmUpMs + eventSeconds * 1_000;
  for (let now = startedAt; now < endsAt; now = performance.now()) {
    const due = ((now - startedAt) / 1_000) * eventsPerSecond;
    while (reports.length < due) {
      const id = randomUUID();
      if (now - startedAt > warmUpMs) sentAt.set(id, performance.now());
      reports.push(report(reported, emulator, agent, id));
    }
    await delay(tickMs);
  }
  await Promise.all(reports);
  const timesOf = () => [...sentAt].flatMap(([id, at]) => (readAt.has(id) ? [(readAt.get(id) ?? at) - at] : []));
  const givesUpAt = performance.now() + mostWaitMs;
  while (timesOf().length < sentAt.size && performance.now() < givesUpAt) await delay(100);
  const timesMs = timesOf();
  await agent.destroy();
  return {
    eventsPerSecond,
    sent: sentAt.size,
    arrived: timesMs.length,
    p50Ms: percentile(timesMs, 50),
    p99Ms: percentile(timesMs, 99),
  };
}

/** When the event about each session has been read. */
async function follow({ url, headers }: RunningServer, dispatcher: Agent): Promise<ReadonlyMap<string, number>> {
  const { statusCode, body } = await request(`${url}/graphql/stream`, {
    method: 'POST',
    headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'subscription { sessionEvents(types: [SESSION_REVOKED]) { sessionId } }' }),
    dispatcher,
    bodyTimeout: 0,
  });
  if (statusCode !== 200) throw new Error(`A subscription answered ${statusCode}: ${await body.text()}`);
  const readAt = new Map<string, number>();
  let unread = '';
  body.on('error', () => undefined);
  body.on('data', (chunk: Buffer) => {
    const now = performance.now();
    const lines = `${unread}${chunk}`.split('\n');
    unread = lines.pop() ?? '';
    for (const [, id] of lines.join('\n').matchAll(/"sessionId":"([^"]+)"/g)) if (id !== undefined) readAt.set(id, now);
  });
  return readAt;
}

async function report({ url }: RunningServer, { facts }: EmulatorProcess, dispatcher: Agent, id: string) {
  const status = await reportRevocation(url, facts, id, dispatcher);
  // FusionAuth reports again what was not acknowledged; here it counts as not arrived.
  if (status !== 200 && status !== 503) throw new Error(`A report was answered with ${status}`);
}
