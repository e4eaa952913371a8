import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 500 });
const sendTimeoutMs = 120_000;

/** How many requests met a connection that the server had just closed, as it may, and were sent again. */
export const resets = { count: 0 };

/**
 * Sends JSON over a kept connection. @returns the status, the parsed body (null for none, or where `parses` is false), its
 * bytes and the time taken.
 */
export function sendJson(
  url,
  { method = 'POST', key = null, scheme = 'Bearer ', headers = {}, body, parses = true } = {},
) {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const sent = request(
      url,
      {
        method,
        agent,
        timeout: sendTimeoutMs,
        headers: {
          ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(key === null ? {} : { authorization: `${scheme}${key}` }),
          ...headers,
        },
      },
      (response) => {
        const chunks = [];
        response.on('error', reject).on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const elapsedMs = performance.now() - startedAt;
          const answer = { status: response.statusCode, bytes: bytes.length, elapsedMs, headers: response.headers };
          resolve({ ...answer, body: bytes.length === 0 || !parses ? null : readJson(bytes) });
        });
      },
    );
    sent.on('error', (error) => {
      if (!sent.reusedSocket || error.code !== 'ECONNRESET') {
        const ms = Math.round(performance.now() - startedAt);
        return reject(new Error(`${method} ${url}: ${error.message} after ${ms} ms`, { cause: error }));
      }
      resets.count++;
      sendJson(url, { method, key, scheme, headers, body, parses }).then(resolve, reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.end(text);
  });
}

function readJson(bytes) {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return bytes.toString();
  }
}

/** The value below which so large a share of them lies, from 0 to 1. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
