import { readBounded } from '../domain/read-bounded.js';

/** The largest answer that is read, in bytes: some thousand keys, and many times what a token answer holds. */
const maxAnswerBytes = 1_048_576;

/**
 * Fetches key sets for libraries that would read an answer of any size.
 * @throws RangeError when the answer is too large.
 */
export async function boundedFetch(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  return new Response(await readAnswer(response.body ?? []), { status: response.status, headers: response.headers });
}

/** Reads the body of an answer. @throws RangeError when it is too large. */
export async function readAnswer(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const read = await readBounded(body, maxAnswerBytes);
  if (read === null) throw new RangeError(`The answer is larger than ${maxAnswerBytes} bytes`);
  return read;
}
