/** The first value of a header, or an empty text. */
export function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/** The longest pause that callers are asked for, in seconds: an hour. A longer one is a mistake of its sender. */
export const maxRetryAfterSeconds = 3_600;

/**
 * Reads delay-seconds or an HTTP-date, which ends in GMT.
 * @returns seconds, at most {@link maxRetryAfterSeconds}; null for a value of neither form.
 * @see RFC 9110 section 10.2.3
 */
export function parseRetryAfter(value: string): number | null {
  if (/^\d+$/.test(value)) return Math.min(Number(value), maxRetryAfterSeconds);
  if (!value.endsWith('GMT')) return null;
  const seconds = (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), maxRetryAfterSeconds) : null;
}

const maxErrorCodes = 5;
const maxErrorCodeLength = 64;

/** The `[reason]field` codes of FusionAuth's Errors JSON. Messages are left out: they can quote the request. */
export function errorCodes(text: string, contentType: string): readonly string[] {
  if (!contentType.startsWith('application/json')) return [];
  const codes = text.matchAll(/"code"\s*:\s*"(\[[\w.]+\][\w.]*)"/g);
  return Array.from(codes, ([, code = '']) => code.slice(0, maxErrorCodeLength)).slice(0, maxErrorCodes);
}
