import type { CallFailure } from './call-error.js';
import type { Answer } from './exchange.js';

type ParsedAnswer =
  /** Undefined where the answer has no body. */
  { readonly kind: 'body'; readonly body: unknown } | { readonly kind: 'failure'; readonly failure: CallFailure };

/**
 * The status that confirms a deletion. FusionAuth answers it with 200 and no body. A page of a proxy proves nothing, nor
 * does 202 or 204 of a gateway, nor an answer that names errors: then a look-up shows whether the deletion was done.
 */
const doneStatus = 200;
const errorMember = /"(?:general|field)Errors"/;

/** Reads the body of a 2xx answer. */
export function parseAnswer(
  method: string,
  {
    statusCode,
    text,
    contentType,
    contentEncoding,
    saysItsLength,
  }: Pick<Answer, 'statusCode' | 'text' | 'contentType' | 'contentEncoding' | 'saysItsLength'>,
): ParsedAnswer {
  const isJson = contentType.startsWith('application/json');
  const isEmpty = text.trim() === '';
  const isPlain = /^(identity)?$/i.test(contentEncoding);
  if (method === 'DELETE') {
    const isDone = statusCode === doneStatus && (isEmpty || (isJson && isPlain && !errorMember.test(text)));
    return isDone ? { kind: 'body', body: undefined } : failed({ kind: 'foreign' });
  }
  // FusionAuth answers every read of this service with 200. A 202, 204 or 206 of a proxy would read as an empty list.
  if (statusCode !== 200) return failed({ kind: 'undecodable', problem: `answered with the status ${statusCode}` });
  // What a proxy makes of a connection that broke after the headers. It would read as an empty list.
  if (isEmpty && !saysItsLength) return failed({ kind: 'connection' });
  if (isEmpty) return { kind: 'body', body: undefined };
  if (!isPlain) return failed({ kind: 'undecodable', problem: 'answered in an encoding that was not asked for' });
  if (!isJson) return failed({ kind: 'undecodable', problem: 'answered with something other than JSON' });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's message quotes the answer, which can hold refresh tokens.
    return failed({ kind: 'undecodable', problem: 'answered with malformed JSON' });
  }
  // What some gateways make of a failure behind them. FusionAuth never says it, and it would read as an empty list.
  if (body === null) return failed({ kind: 'undecodable', problem: 'answered with null' });
  return { kind: 'body', body };
}

function failed(failure: CallFailure): ParsedAnswer {
  return { kind: 'failure', failure };
}
