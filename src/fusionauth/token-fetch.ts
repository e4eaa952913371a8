import { request } from 'undici';
import type { TokenRequest } from '../domain/ports/fetch-token.js';
import { readAnswer } from '../tokens/bounded-fetch.js';

/** The headers of an answer that say something about a grant. */
const readHeaders = ['content-type', 'www-authenticate'] as const;

/**
 * Fetches a token answer for a library that would read one of any size. Not by `fetch`, which takes four times the CPU:
 * strangers can have codes asked about that they made up. Follows no redirect.
 * @throws RangeError when the answer is too large.
 */
export async function fetchToken(url: string, { method, headers, body, signal }: TokenRequest): Promise<Response> {
  // As for all calls to FusionAuth, nothing is decompressed.
  const sent = { ...headers, 'accept-encoding': 'identity' };
  const answer = await request(url, { method, headers: sent, body, signal });
  const text = await readAnswer(answer.body);
  const read = new Headers();
  for (const name of readHeaders) {
    for (const value of [answer.headers[name] ?? []].flat()) read.append(name, value);
  }
  return new Response(text, { status: answer.statusCode, headers: read });
}
