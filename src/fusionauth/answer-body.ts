import type { CallFailure } from './call-error.js';
import type { Answer } from './exchange.js';

export type ParsedAnswer =
  /** Undefined where the answer has no body. */
  { readonly kind: 'body'; readonly body: unknown } | { readonly kind: 'failure'; readonly failure: CallFailure };

/**
 * FusionAuth answers a deletion with 200, without a body. That status suffices, unless the answer is not its own or names
 * errors: the page of a proxy proves nothing, nor does the promise of a gateway to see to it.
 */
const doneStatuses: ReadonlySet<number> = new Set([200, 204]);
const errorMember = /"(?:general|field)Errors"/;

/** Reads the body of a 2xx answer. */
<<<<<<< HEAD
export function parseAnswer(
  method: string,
  { text, contentType, contentEncoding }: Pick<Answer, 'text' | 'contentType' | 'contentEncoding'>,
): ParsedAnswer {
  if (text.trim() === '') return { kind: 'body', body: undefined };
  const isJson = contentType.startsWith('application/json');
  // FusionAuth answers a deletion without a body. Its status suffices, unless the answer is not its own: the page of a
  // proxy proves nothing.
  if (method === 'DELETE') return isJson ? { kind: 'body', body: undefined } : failed({ kind: 'foreign' });
  if (!/^(identity)?$/i.test(contentEncoding))
    return failed({ kind: 'undecodable', problem: 'answered in an encoding that was not asked for' });
=======
export function parseAnswer(method: string, statusCode: number, text: string, contentType: string): ParsedAnswer {
  const isJson = contentType.startsWith('application/json');
  const isEmpty = text.trim() === '';
  if (method === 'DELETE') {
    const isDone = doneStatuses.has(statusCode) && (isEmpty || (isJson && !errorMember.test(text)));
    return isDone ? { kind: 'body', body: undefined } : failed({ kind: 'foreign' });
  }
  if (isEmpty) return { kind: 'body', body: undefined };
>>>>>>> hunt1
  if (!isJson) return failed({ kind: 'undecodable', problem: 'answered with something other than JSON' });
  try {
    return { kind: 'body', body: JSON.parse(text) };
  } catch {
    // The parser's message quotes the answer, which can hold refresh tokens.
    return failed({ kind: 'undecodable', problem: 'answered with malformed JSON' });
  }
}

function failed(failure: CallFailure): ParsedAnswer {
  return { kind: 'failure', failure };
}
