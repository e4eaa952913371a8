import type { CallFailure } from './call-error.js';

/** What a 2xx answer holds: undefined where it has no body. */
export type ParsedAnswer = { readonly body: unknown } | { readonly failure: CallFailure };

/** Reads the body of a 2xx answer. */
export function parseAnswer(method: string, text: string, contentType: string): ParsedAnswer {
  if (text.trim() === '') return { body: undefined };
  const isJson = contentType.startsWith('application/json');
  // FusionAuth answers a deletion without a body. Its status suffices, unless the answer is not its own: the page of a
  // proxy proves nothing.
  if (method === 'DELETE') return isJson ? { body: undefined } : { failure: { kind: 'foreign' } };
  if (!isJson) return undecodable('answered with something other than JSON');
  try {
    return { body: JSON.parse(text) };
  } catch {
    // The parser's message quotes the answer, which can hold refresh tokens.
    return undecodable('answered with malformed JSON');
  }
}

function undecodable(problem: string): ParsedAnswer {
  return { failure: { kind: 'undecodable', problem } };
}
