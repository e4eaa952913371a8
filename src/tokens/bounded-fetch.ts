/** The largest answer that is read, in bytes: some thousand keys, and many times what a token answer holds. */
const maxAnswerBytes = 1_048_576;

/**
 * Fetches key sets for libraries that would read an answer of any size.
 * @throws RangeError when the answer is too large.
 */
export async function boundedFetch(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  const body = await readBounded(response.body ?? []);
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Reads the body of an answer. @throws RangeError when it is too large. */
export async function readBounded(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest of the answer.
    if (bytes > maxAnswerBytes) throw new RangeError(`The answer is larger than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
