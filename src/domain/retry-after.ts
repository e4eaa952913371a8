/** The longest pause that callers are asked for, in seconds: an hour. A longer one is a mistake of its sender. */
const maxRetryAfterSeconds = 3_600;

/**
 * Reads the header Retry-After: delay-seconds or an HTTP-date, which ends in GMT.
 * @param now In milliseconds since the epoch.
 * @returns seconds, at most {@link maxRetryAfterSeconds}; null for a value of neither form.
 * @see RFC 9110 section 10.2.3
 */
export function parseRetryAfter(value: string, now: number): number | null {
  if (/^\d+$/.test(value)) return Math.min(Number(value), maxRetryAfterSeconds);
  if (!value.endsWith('GMT')) return null;
  const seconds = (Date.parse(value) - now) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), maxRetryAfterSeconds) : null;
}
