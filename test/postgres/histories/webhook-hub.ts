import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type ListeningServer, listen } from '../../support/listening-server.js';

export interface WebhookHub extends ListeningServer {
  /** Which share of what comes from now on gets lost, 0 to 1. FusionAuth, which sends it once, takes it for delivered. */
  lostShare: number;
  /** Resolves when every delivery was acknowledged by a replica. */
  idle(): Promise<void>;
  /** How many deliveries came, how many copies of them were made, and how many deliveries were lost. */
  readonly tally: { deliveries: number; copies: number; lost: number };
}

/** How long a delivery is tried, in milliseconds: for as long as a replica takes to start. */
const maxTryMs = 30_000;

/**
 * Takes FusionAuth's webhooks and gives each to one replica or several, in any order, and again where none has
 * acknowledged it: as a queue in front of them does, and as FusionAuth does when it is told to keep an event.
 */
export async function startWebhookHub(ports: readonly number[]): Promise<WebhookHub> {
  const underWay = new Set<Promise<void>>();
  const tally = { deliveries: 0, copies: 0, lost: 0 };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      outgoing.end();
      tally.deliveries++;
      if (Math.random() < hub.lostShare) {
        tally.lost++;
        return;
      }
      const { connection: _connection, host: _host, 'content-length': _length, ...headers } = incoming.headers;
      const body = Buffer.concat(chunks).toString();
      const copies = 1 + Math.floor(Math.random() * 3);
      for (let copy = 0; copy < copies; copy++) {
        const delivery = deliver(headers as Record<string, string>, body);
        underWay.add(delivery);
        void delivery.finally(() => underWay.delete(delivery));
      }
    });
  });
  const deliver = async (headers: Record<string, string>, body: string) => {
    const deadline = performance.now() + maxTryMs;
    while (performance.now() < deadline) {
      tally.copies++;
      await delay(Math.random() * 15);
      const port = ports[Math.floor(Math.random() * ports.length)];
      const url = `http://127.0.0.1:${port}/webhooks/fusionauth`;
      const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok === true) return;
      await delay(100);
    }
  };
  const hub: WebhookHub = {
    ...(await listen(server)),
    lostShare: 0,
    tally,
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
  return hub;
}
