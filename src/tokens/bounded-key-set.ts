import type { FetchImplementation } from 'jose';

/** The largest key set that is read, in bytes: some thousand keys. */
const maxKeySetBytes = 1_048_576;

/**
 * Fetches a key set for jose, which would read an answer of any size.
 * @throws RangeError when the set is too large.
 */
export const fetchKeySet: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest of the answer.
    if (bytes > maxKeySetBytes) throw new RangeError(`The key set is larger than ${maxKeySetBytes} bytes`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: response.status, headers: response.headers });
};
