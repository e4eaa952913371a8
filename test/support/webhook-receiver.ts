import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  /** The body as it arrived. */
  readonly text: string;
  readonly event: Record<string, unknown>;
}

export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** Answers the next deliveries with these statuses, then 200. `hang` never answers. */
  answerNext(...statuses: (number | 'hang')[]): void;
  /** Runs while a delivery is being answered. */
  onDelivery: (delivery: Delivery) => void | Promise<void>;
}

/** A web server that takes webhooks and remembers them. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const deliveries: Delivery[] = [];
  let answers: (number | 'hang')[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    const delivery = { headers: request.headers, text, event: JSON.parse(text).event };
    deliveries.push(delivery);
    await receiver.onDelivery(delivery);
    const status = answers.shift() ?? 200;
    if (status !== 'hang') {
      response.writeHead(status).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hook`,
    deliveries,
    answerNext: (...statuses) => {
      answers = statuses;
    },
    onDelivery: () => undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
