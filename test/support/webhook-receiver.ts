import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type ListeningServer, listen } from './listening-server.js';

export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  /** The body as it arrived. */
  readonly text: string;
  readonly event: Record<string, unknown>;
}

export interface WebhookReceiver extends ListeningServer {
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
  const listening = await listen(server);
  const receiver: WebhookReceiver = {
    ...listening,
    url: `${listening.url}/hook`,
    deliveries,
    answerNext: (...statuses) => {
      answers = statuses;
    },
    onDelivery: () => undefined,
  };
  return receiver;
}
