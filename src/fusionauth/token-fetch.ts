import { request } from 'undici';

/** The largest answer that is read, in bytes: many times what a token answer holds. */
const maxAnswerBytes = 1_048_576;

/** The headers of an answer that say something about a grant. */
const readHeaders = ['content-type', 'www-authenticate'] as const;

/** A request to the token endpoint. */
interface TokenRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

/**
 * Fetches a token answer for a library that would read one of any size. Not by `fetch`, which takes four times the CPU:
 * strangers can have codes asked about that they made up. Follows no redirect.
 * @throws RangeError when the answer is too large.
 */
export async function fetchToken(url: string, { method, headers, body, signal }: TokenRequest): Promise<Response> {
  // As for all calls to FusionAuth, nothing is decompressed.
  const sent = { ...headers, 'accept-encoding': 'identity' };
  const answer = await request(url, { method, headers: sent, body, signal });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest of the answer.
    if (bytes > maxAnswerBytes) throw new RangeError(`The answer is larger than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  const read = new Headers();
  for (const name of readHeaders) {
    for (const value of [answer.headers[name] ?? []].flat()) read.append(name, value);
  }
  return new Response(Buffer.concat(chunks), { status: answer.statusCode, headers: read });
}
