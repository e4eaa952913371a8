import type { ServerResponse } from 'node:http';
import { type RawRequest, type RawServer, sendJson, startRawServer } from '../support/raw-server.js';

type Answer = (response: ServerResponse, elsewhere: string) => void;

const json = (text: string, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
};
const redirect = (status: number): Answer => {
  return (response, elsewhere) => response.writeHead(status, { location: `${elsewhere}/graphql` }).end();
};

/** What a proxy may answer in place of the service. */
const answers: readonly Answer[] = [
  json('null'),
  json('[]'),
  json('{"data":{"enforceSingleSession":"?"}}'),
  json('{"errors":"?"}'),
  json('{"active":true,"exp":"later"}'),
  json('['.repeat(100_000)),
  json('{}', 503, { 'retry-after': '5000000' }),
  redirect(302),
  redirect(308),
  (response) => response.writeHead(204).end(),
  (response) => response.socket?.end('SSH-2.0-OpenSSH\r\n'),
  (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
  // Bit by bit, so that no read takes long, and without an end.
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const writing = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(writing));
  },
];

/** One for each answer: a request that holds it gets that answer. */
export const oddIds = answers.map((_, index) => `e0000000-0000-4000-8000-0000000000${String(index).padStart(2, '0')}`);

/** A proxy that gives odd answers, the one that the id in the request chooses. */
export function startOddProxy(elsewhere: string): Promise<RawServer> {
  return startRawServer((response, { body }: RawRequest) => {
    answers[oddIds.findIndex((id) => body.includes(id))]?.(response, elsewhere);
  });
}

/** Whoever follows a redirect there takes the answers of a stranger for those of the service. */
export function startStranger(host?: string): Promise<RawServer> {
  const text =
    '{"active":true,"exp":9999999999,"data":{"enforceSingleSession":{"outcome":"ENFORCED","userErrors":[]}}}';
  return startRawServer((response) => sendJson(response, text), host);
}
