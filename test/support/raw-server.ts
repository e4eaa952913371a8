import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type ListeningServer, listen } from './listening-server.js';

export interface RawRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawServer extends ListeningServer {
  /** What was received, oldest first. */
  readonly requests: readonly RawRequest[];
  /** How many connections were ever accepted. */
  connectionCount(): number;
}

/** An HTTP server for answers that neither FusionAuth nor its emulator gives. */
export async function startRawServer(
  answer: (response: ServerResponse, request: RawRequest) => void,
  host?: string,
): Promise<RawServer> {
  const requests: RawRequest[] = [];
  let connections = 0;
  const server = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const request = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body };
    requests.push(request);
    answer(response, request);
  });
  server.on('connection', () => {
    connections++;
  });
  return {
    ...(await listen(server, host)),
    requests,
    connectionCount: () => connections,
  };
}

/** A base URL at which nothing listens. */
export async function unusedUrl(): Promise<string> {
  const server = await startRawServer(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.url;
}

/** An answer with this JSON text. */
export function sendJson(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' }).end(text);
}

/** Answers each request with JSON that never ends, and counts the bytes that were taken. */
export async function startEndlessServer(): Promise<RawServer & { readonly sentBytes: () => number }> {
  let sentBytes = 0;
  const server = await startRawServer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(65_536, 0x20);
    const send = () => {
      while (!response.destroyed && response.write(chunk)) sentBytes += chunk.length;
    };
    response.on('drain', send);
    send();
  });
  return { ...server, sentBytes: () => sentBytes };
}
