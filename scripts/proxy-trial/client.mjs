// What a client of the service does through a proxy.
import assert from 'node:assert/strict';
import { request } from 'node:http';

export const apiKey = 'proxies-api-key';
export const serviceKey = 'proxies-service-key';
export const alice = 'b0000000-0000-4000-8000-000000000001';
export const shop = 'a0000000-0000-4000-8000-000000000001';
/** What a client's connection comes from: another address than a proxy's. */
export const clientAddress = '127.0.0.2';

export async function signIn(fusionAuthUrl) {
  const response = await fetch(`${fusionAuthUrl}/api/login`, {
    method: 'POST',
    headers: { authorization: apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ loginId: 'alice@example.com', password: 'password', applicationId: shop }),
  });
  const { refreshTokenId } = await response.json();
  return refreshTokenId;
}

/** An event stream, as a browser asks for it. */
export async function openStream(url, signal) {
  const body = JSON.stringify({ query: 'subscription { sessionEvents { id sessionId } }' });
  const headers = { accept: 'text/event-stream', 'accept-encoding': 'gzip, deflate, br' };
  const response = await open(url, '/graphql/stream', { headers, body, signal });
  assert.equal(response.statusCode, 200);
  assert.ok(['identity', undefined].includes(response.headers['content-encoding']), 'The stream is compressed');
  return { response };
}

export async function send(
  url,
  path,
  { method = 'POST', headers = {}, body = { query: '{ viewer { name } }' }, agent } = {},
) {
  const response = await open(url, path, { method, headers, body: JSON.stringify(body), agent });
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, text };
}

export function open(url, path, { method = 'POST', headers, body, agent, signal }) {
  const sent = method === 'GET' ? '' : body;
  return new Promise((resolve, reject) => {
    const call = request(`${url}${path}`, {
      method,
      agent,
      signal,
      localAddress: clientAddress,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(sent),
        authorization: `Bearer ${serviceKey}`,
        ...headers,
      },
    });
    call.on('response', (response) => resolve(response.on('error', () => undefined)));
    call.on('error', reject).end(sent);
  });
}
