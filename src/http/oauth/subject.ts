import type { Subject } from '../../application/tokens/revoke-all-of-user.js';
import { parseUserId } from '../../domain/ids.js';

type ReadSubject =
  | { readonly kind: 'subject'; readonly subject: Subject }
  /** Well-formed, and no user that can be known here. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'problem'; readonly problem: string };

/** @see RFC 5321 section 4.5.3.1.3: a path has 256 characters, two of which are brackets */
const possibleEmail = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

/**
 * Reads the body of a request.
 * @param issuers The issuers of FusionAuth's tenants, whose subjects are user ids.
 * @see RFC 9493 section 3.2
 */
export function readSubject(body: unknown, issuers: readonly string[]): ReadSubject {
  const subject = isRecord(body) ? body['sub_id'] : undefined;
  if (!isRecord(subject)) return problem('The body must be a JSON object with sub_id, a subject identifier.');
  const { format, email, iss, sub } = subject;
  switch (format) {
    case 'email':
      if (typeof email !== 'string' || !possibleEmail.test(email)) return problem('sub_id.email must be an address.');
      return { kind: 'subject', subject: { kind: 'email', email } };
    case 'iss_sub': {
      if (typeof iss !== 'string' || typeof sub !== 'string')
        return problem('sub_id.iss and sub_id.sub must be texts.');
      const id = parseUserId(sub);
      return id === undefined || !issuers.includes(iss)
        ? { kind: 'unknown' }
        : { kind: 'subject', subject: { kind: 'user', id } };
    }
    default:
      return problem('sub_id.format must be email or iss_sub.');
  }
}

function problem(text: string): ReadSubject {
  return { kind: 'problem', problem: text };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
