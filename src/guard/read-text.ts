import { reasonOf } from '../domain/reason-of.js';
import { GuardError } from './guard-error.js';

/** Reads a body of a bounded size. @throws GuardError. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new GuardError('FEED_LOST', `The answer broke off: ${reasonOf(cause)}`, { cause });
    });
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel().catch(() => {});
      throw new GuardError('FEED_MALFORMED', `The answer has more than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
